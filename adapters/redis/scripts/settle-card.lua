local card = key('card', arg.id)
local holder, settled, release = unpack(redis.call('HMGET', card, 'claim', 'settled', 'release'))
if settled == arg.claim then return 1 end -- its reply was lost
if not release then return 0 end

local before, again, lease = numbers(card, 'claimedRev', 'again', 'lease')
local rev, finished, turned = numbers(key('release', release), 'rev', 'finished', 'turned')
if holder ~= arg.claim then
  -- Somebody who was frozen is back, and its call may have landed after everybody else's: the card is sent once more.
  redis.call('HSET', card, 'again', holder and 1 or 2)
  if not holder then schedule(arg.id, finished == 1, now) end
  return 0
end
redis.call('HSET', card, 'shownRev', arg.shownRev, 'noted', arg.noted)
if arg.message then redis.call('HSET', card, 'message', arg.message) end
if not arg.done then
  -- Who says so lives: the lease begins anew.
  redis.call('HSET', card, 'until', now + lease)
  schedule(arg.id, finished == 1, now + lease)
  return 1
end

redis.call('HSET', card, 'settled', arg.claim)
redis.call('HDEL', card, 'claim', 'until')
local dirty = math.min(arg.shownRev, arg.noted) < rev
-- A final card keeps no pace, nor does one that lacks a new phase: they only wait after a call that failed (chat is
-- down, or says "later").
local moved = arg.shownRev > before
local caughtUp = moved and arg.noted >= arg.shownRev
local urgent = finished == 1 and caughtUp or moved and turned > arg.shownRev
local notBefore = urgent and 0 or arg.notBefore
if not dirty and again == 1 then
  redis.call('HSET', card, 'again', 2)
  dirty, notBefore = true, now + lease
elseif not dirty then
  redis.call('HDEL', card, 'again')
end
redis.call('HSET', card, 'notBefore', notBefore)
if dirty then
  schedule(arg.id, finished == 1, math.max(now, notBefore))
else
  redis.call('ZREM', key('dirty'), arg.id)
  redis.call('ZREM', key('dirty-final'), arg.id)
end
return 1
