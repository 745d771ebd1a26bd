-- accept and commit: all of a write, or nothing. No rule of the domain is here: what it needs to know of a release
-- (is it finished, does it hold its target) comes as arguments.
local r = arg.release
local id = r and r.id
local release = r and key('release', id)
local queue = r and key('queue', r.target)
local kept = 8 * 24 * 3600 * 1000
local newHead = ''

-- A write whose reply was lost comes again under the id it had: it is answered as the first time.
local function doneBefore()
  if r then
    local event = redis.call('LINDEX', key('events', id), r.rev - 1)
    return event and string.sub(event, 1, #arg.id) == arg.id
  end
  return redis.call('EXISTS', key('write', arg.id)) == 1
end

local function sameRequest()
  if not arg.key then return nil end
  local fingerprint, reply = unpack(redis.call('HMGET', key('key', arg.key), 'fingerprint', 'reply'))
  if not fingerprint then return nil end
  if fingerprint ~= arg.fingerprint then return { 'key-reused' } end
  return { 'duplicate', reply }
end

local function objection()
  if r and numbers(release, 'rev') ~= r.rev - 1 then return { 'conflict' } end
  for _, guard in ipairs(arg.guards) do
    if numbers(key('record', guard.key), 'rev') ~= guard.rev then return { 'stale-guard' } end
  end
  if r and r.mustHead and redis.call('LINDEX', queue, 0) ~= id then return { 'not-head' } end
end

local function keepRecords(seq)
  for _, record in ipairs(arg.records) do
    local at = key('record', record.key)
    -- The revision is the commit's number: a record that went and came back never has an old one again.
    if record.value then redis.call('HSET', at, 'rev', seq, 'value', record.value) else redis.call('DEL', at) end
  end
end

local function keepReply()
  if arg.key then
    redis.call('HSET', key('key', arg.key), 'fingerprint', arg.fingerprint, 'reply', arg.reply)
    redis.call('PEXPIRE', key('key', arg.key), kept)
  end
  if not r then redis.call('SET', key('write', arg.id), 1, 'PX', 600000) end
end

local function index(seq)
  local ofTarget = key('active', r.target)
  if r.finished then
    redis.call('ZREM', key('active'), id)
    redis.call('ZREM', ofTarget, id)
    redis.call('ZADD', key('recent', r.target), seq, id)
    redis.call('SADD', key('targets'), r.target)
  elseif r.rev == 1 then
    redis.call('ZADD', key('active'), seq, id)
    redis.call('ZADD', ofTarget, seq, id)
  end
end

-- Before every release that waits, behind one that holds the target and behind those that came ahead earlier.
local function enterAhead()
  redis.call('HSET', release, 'ahead', 1)
  for place, other in ipairs(redis.call('LRANGE', queue, 0, -1)) do
    local holds, ahead = numbers(key('release', other), 'holds', 'ahead')
    if ahead == 0 and not (place == 1 and holds == 1) then
      return redis.call('LINSERT', queue, 'BEFORE', other, id)
    end
  end
  redis.call('RPUSH', queue, id)
end

local function leave()
  local head = redis.call('LINDEX', queue, 0)
  redis.call('LREM', queue, 0, id)
  local next = redis.call('LINDEX', queue, 0)
  if head ~= id or not next then return end
  redis.call('ZADD', key('due'), now, next)
  newHead = next
end

local function move()
  if r.queue == 'leave' then return leave() end
  if not r.queue or redis.call('LPOS', queue, id) then return end
  if r.queue == 'enter-head' then return enterAhead() end
  redis.call('RPUSH', queue, id)
end

local function setDue()
  if not r.dueAt then return redis.call('ZREM', key('due'), id) end
  -- Woken since the look that decided this: whatever changed has not been looked at.
  local woken = numbers(release, 'woken') == 1
  redis.call('ZADD', key('due'), woken and math.min(now, r.dueAt) or r.dueAt, id)
end

local function makeCards()
  for n, address in ipairs(r.cards) do
    redis.call('HSET', key('card', id .. '.' .. (n - 1)), 'release', id, 'address', address, 'shownRev', 0, 'noted', 0)
  end
end

local function soilCard(card)
  local hash = key('card', card)
  if r.finished or r.turns then redis.call('HDEL', hash, 'notBefore') end
  local held, notBefore = numbers(hash, 'until', 'notBefore')
  schedule(card, r.finished, math.max(now, held, notBefore))
end

local function keepRelease(seq)
  redis.call('RPUSH', key('events', id), arg.id .. ' ' .. r.event)
  redis.call('HSET', release, 'rev', r.rev, 'schema', r.schema, 'snapshot', r.snapshot, 'holds', r.holds and 1 or 0,
    'finished', r.finished and 1 or 0)
  if r.turns then redis.call('HSET', release, 'turned', r.rev) end
  index(seq)
  setDue()
  move()
  if r.rev == 1 then makeCards() end
  for n = 1, #r.cards do soilCard(id .. '.' .. (n - 1)) end
end

if doneBefore() then
  local head = r and r.queue == 'leave' and redis.call('LINDEX', queue, 0)
  return { 'ok', now, tonumber(redis.call('GET', key('seq'))), head or '' }
end
local no = sameRequest() or objection()
if no then return no end

noticeRestore()
local seq = redis.call('INCR', key('seq'))
keepReply()
keepRecords(seq)
if r then keepRelease(seq) end
redis.call('XADD', key('audit'), 'MAXLEN', '~', 1000000, '*', 'at', now, 'row', arg.audit)
return { 'ok', now, seq, newHead }
