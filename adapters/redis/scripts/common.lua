-- Goes before every script. KEYS[1] is the prefix, whose hash tag keeps all keys in one slot; ARGV[1] is JSON.
local arg = cjson.decode(ARGV[1])

local function key(...)
  return KEYS[1] .. ':' .. table.concat({ ... }, ':')
end

-- The ledger's clock, ms: the only clock that due times and leases are compared with.
local function clock()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local now = clock()

-- The fields of a hash as numbers; absent ones are 0.
local function numbers(hash, ...)
  local found = redis.call('HMGET', hash, ...)
  for index, value in ipairs(found) do
    found[index] = tonumber(value or 0)
  end
  return unpack(found)
end

-- A card is in one of two sets, by whether its release is finished; its score is when its turn comes.
local function schedule(card, finished, at)
  redis.call('ZREM', key(finished and 'dirty' or 'dirty-final'), card)
  redis.call('ZADD', key(finished and 'dirty-final' or 'dirty'), at, card)
end

-- A process that saw a later commit than we know of remembers what the ledger forgot: an old backup was put back.
local function noticeRestore()
  local seq = tonumber(redis.call('GET', key('seq')) or 0)
  if seq < arg.seen then
    redis.call('INCR', key('epoch'))
    redis.call('SET', key('seq'), arg.seen)
  end
end
