-- Due now, at most twice a second; returns how long until then, ms, so that the caller rings when its time has come.
local release = key('release', arg.id)
local due = tonumber(redis.call('ZSCORE', key('due'), arg.id) or nil)
if not due then return nil end
local at = math.max(now, numbers(release, 'wokeAt') + 500)
redis.call('ZADD', key('due'), math.min(due, at), arg.id)
redis.call('HSET', release, 'woken', 1)
if at == now then redis.call('HSET', release, 'wokeAt', now) end
return at - now
