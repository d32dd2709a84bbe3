package remotewritereceiver

import (
	"net/http"
	"strconv"
	"sync/atomic"
)

// statuses are those of HTTP that answers have. An answer of another one, which confighttp might give in a later version, is counted
// as "other".
var statuses = [...]int{
	http.StatusNoContent, http.StatusBadRequest, http.StatusUnauthorized, http.StatusNotFound, http.StatusMethodNotAllowed,
	http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusServiceUnavailable,
}

// byCode counts answers by HTTP status.
type byCode [len(statuses) + 1]atomic.Int64

func (c *byCode) of(status int) *atomic.Int64 {
	for i, known := range statuses {
		if known == status {
			return &c[i]
		}
	}
	return &c[len(statuses)]
}

// codeName is the label `code` of a counter.
func codeName(i int) string {
	if i == len(statuses) {
		return "other"
	}
	return strconv.Itoa(statuses[i])
}
