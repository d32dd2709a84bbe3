package delivery

import "github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/send"

const (
	// maxCuts bounds the requests that one batch costs, two for each. A refused sample among two thousand good ones needs eleven
	// cuts, a hundred of them fewer each, because they share.
	maxCuts = 500
	// maxVainCuts are made before any part is delivered, or after the last one was: then the endpoint takes nothing at all.
	maxVainCuts = 100
)

// cuts are how often a batch was halved because of one kind of answer.
type cuts struct {
	all  int
	vain int // since a part was delivered
}

// spend is false when there are no more.
func (c *cuts) spend() bool {
	if c.all >= maxCuts || c.vain >= maxVainCuts {
		return false
	}
	c.all++
	c.vain++
	return true
}

// cutter says how long a batch is halved to find what of it the endpoint does not take. It goes on for as long as that
// delivers something: to lose good samples is worse than to send many requests. What is too large has cuts of its own, and
// what is malformed is found without asking the endpoint.
type cutter struct{ refused, tooLarge cuts }

// again tells whether a part with this outcome is to be halved.
func (c *cutter) again(part span, o outcome) bool {
	if !o.halve || part.len() == 1 {
		return false
	}
	switch o.reason {
	case ReasonCorrupt:
		return true
	case send.ReasonTooLarge:
		return c.tooLarge.spend()
	}
	return c.refused.spend()
}

// settled is told of parts that are not halved any more.
func (c *cutter) settled(o outcome) {
	if o.delivered > 0 {
		c.refused.vain, c.tooLarge.vain = 0, 0
	}
}
