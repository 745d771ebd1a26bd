-- Finished releases of a target beyond the newest `keep`, the oldest first.
local recent = key('recent', arg.target)
local last = math.min(arg.skip + arg.limit, redis.call('ZCARD', recent) - arg.keep) - 1
return last < arg.skip and {} or redis.call('ZRANGE', recent, arg.skip, last)
