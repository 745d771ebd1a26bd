-- Snapshots: of every release that is not finished, or of one target with its queue and its last finished ones.
local function snapshots(ids)
  local found = {}
  for _, id in ipairs(ids) do
    found[#found + 1] = { id, redis.call('HGET', key('release', id), 'snapshot') or '' }
  end
  return found
end

if not arg.target then return { now, snapshots(redis.call('ZRANGE', key('active'), 0, -1)), {}, {} } end
return {
  now,
  snapshots(redis.call('ZRANGE', key('active', arg.target), 0, -1)),
  redis.call('LRANGE', key('queue', arg.target), 0, -1),
  arg.limit > 0 and snapshots(redis.call('ZREVRANGE', key('recent', arg.target), 0, arg.limit - 1)) or {},
}
