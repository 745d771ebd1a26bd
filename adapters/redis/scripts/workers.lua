-- With a name: says that this worker lives. Without: who lives.
if not arg.name then return redis.call('ZRANGEBYSCORE', key('workers'), '(' .. now, '+inf') end
redis.call('ZREMRANGEBYSCORE', key('workers'), '-inf', now)
redis.call('ZADD', key('workers'), now + arg.ttlMs, arg.name)
return {}
