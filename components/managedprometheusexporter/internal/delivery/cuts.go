package delivery

import "github.com/msp-collector/msp-collector/components/managedprometheusexporter/internal/send"

const (
	// maxCuts bounds the requests that one batch costs, two for each. A refused sample among two thousand good ones needs eleven
	// cuts, a hundred of them fewer each, because they share.
	maxCuts = 500
	// maxVainCuts are made before any part is delivered, or after the last one was. An endpoint that gives no reason is judged as a
	// whole long before, see trial.
	maxVainCuts = 100
)

// cuts counts how often a batch was split because of one kind of answer.
type cuts struct {
	all  int
	vain int // since a part was delivered
}

// spend uses one up. It is false when there are no more.
func (c *cuts) spend() bool {
	if c.all >= maxCuts || c.vain >= maxVainCuts {
		return false
	}
	c.all++
	c.vain++
	return true
}

// cutter decides how long a batch is split to find the samples that the endpoint rejects. It goes on for as long as that
// delivers something: to lose good samples is worse than to send many requests. What is too large has cuts of its own.
type cutter struct{ refused, tooLarge cuts }

// again reports whether a rejected part is to be split.
func (c *cutter) again(part span, o outcome) bool {
	if part.len() == 1 {
		return false
	}
	if o.reason == send.ReasonTooLarge {
		return c.tooLarge.spend()
	}
	return c.refused.spend()
}

// accepted notes that something was accepted.
func (c *cutter) accepted() { c.refused.vain, c.tooLarge.vain = 0, 0 }
