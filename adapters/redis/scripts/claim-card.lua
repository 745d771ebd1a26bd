-- `again`: 1 after a lease was taken over, 2 while the card waits to be sent once more, because the old holder may
-- have been frozen in the middle of a call that lands after ours.
local card = key('card', arg.id)
local release, holder = unpack(redis.call('HMGET', card, 'release', 'claim'))
if not release then return nil end
local shown, noted, held, notBefore, again = numbers(card, 'shownRev', 'noted', 'until', 'notBefore', 'again')
local rev, finished = numbers(key('release', release), 'rev', 'finished')

if holder ~= arg.claim then
  if held > now or (not holder and notBefore > now) then return nil end
  if not holder and math.min(shown, noted) >= rev and again ~= 2 then return nil end
  if holder and again ~= 2 then again = 1 end
  redis.call('HSET', card, 'claim', arg.claim, 'until', now + arg.leaseMs, 'lease', arg.leaseMs, 'again', again,
    'claimedRev', shown)
  schedule(arg.id, finished == 1, now + arg.leaseMs)
end
local takenOver = again > 0 and 1 or 0
return { now, takenOver, unpack(redis.call('HMGET', card, 'release', 'address', 'message', 'shownRev', 'noted')) }
