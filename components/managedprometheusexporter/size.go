package managedprometheusexporter

import (
	"fmt"

	"github.com/alecthomas/units"
)

// Size is a number of bytes, written as 4GiB or 512MB; both units are powers of two, as in Prometheus.
type Size int64

// UnmarshalText reads it.
func (s *Size) UnmarshalText(text []byte) error {
	bytes, err := units.ParseBase2Bytes(string(text))
	if err != nil {
		return fmt.Errorf("%q is not a size: write a number and a unit, such as 4GiB", text)
	}
	*s = Size(bytes)
	return nil
}

// MarshalText writes it back for print-config.
func (s Size) MarshalText() ([]byte, error) { return []byte(units.Base2Bytes(s).String()), nil }
