-- Never more than `limit` in any window: the list holds when the last ones were taken.
local bucket = key('bucket', arg.bucket)
if redis.call('LLEN', bucket) >= arg.limit then
  local free = tonumber(redis.call('LINDEX', bucket, -arg.limit)) + arg.windowMs
  if free > now then return free - now end
end
redis.call('RPUSH', bucket, now)
redis.call('LTRIM', bucket, -arg.limit, -1)
redis.call('PEXPIRE', bucket, arg.windowMs)
return 0
