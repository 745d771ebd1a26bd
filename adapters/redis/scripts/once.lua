local seen = key('once', arg.key)
if redis.call('SET', seen, arg.by, 'PX', arg.ttlMs, 'NX') then return 1 end
return redis.call('GET', seen) == arg.by and 1 or 0
