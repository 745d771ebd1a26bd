-- A finished release with all that is kept of it, or nothing: nobody ever sees half of one.
local release = key('release', arg.id)
if numbers(release, 'finished') ~= 1 then return 0 end

for n = 0, 1000 do
  local card = arg.id .. '.' .. n
  if redis.call('DEL', key('card', card)) == 0 then break end
  redis.call('ZREM', key('dirty'), card)
  redis.call('ZREM', key('dirty-final'), card)
end
for _, record in ipairs(arg.records) do redis.call('DEL', key('record', record)) end
redis.call('ZREM', key('due'), arg.id)
redis.call('ZREM', key('recent', arg.target), arg.id)
redis.call('DEL', release, key('events', arg.id))
return 1
