-- Ids that are due, each pushed by a lease. Snapshots of a newer schema are for a newer worker: they stay due.
local claimed, skipped = {}, 0
while #claimed < arg.limit do
  local due = redis.call('ZRANGEBYSCORE', key('due'), '-inf', now, 'LIMIT', skipped, arg.limit - #claimed)
  if #due == 0 then break end
  for _, id in ipairs(due) do
    if numbers(key('release', id), 'schema') > arg.schema then
      skipped = skipped + 1
    else
      redis.call('ZADD', key('due'), now + arg.leaseMs, id)
      redis.call('HDEL', key('release', id), 'woken')
      claimed[#claimed + 1] = id
    end
  end
end
return claimed
