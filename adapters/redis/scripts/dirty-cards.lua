local cards = redis.call('ZRANGEBYSCORE', key('dirty-final'), '-inf', now, 'LIMIT', 0, arg.limit)
local rest = redis.call('ZRANGEBYSCORE', key('dirty'), '-inf', now, 'LIMIT', 0, arg.limit - #cards)
for _, card in ipairs(rest) do cards[#cards + 1] = card end
return cards
