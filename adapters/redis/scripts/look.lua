-- A look begins: what woke it is about to be seen, and nobody else need look until its lease ends. A snapshot of a newer
-- schema is for a newer worker: it stays as it is.
local release = key('release', arg.id)
local snapshot = redis.call('HGET', release, 'snapshot')
if not snapshot then return nil end
if numbers(release, 'schema') <= arg.schema then
  redis.call('HDEL', release, 'woken')
  redis.call('ZADD', key('due'), 'XX', now + arg.leaseMs, arg.id)
end
return { now, snapshot }
