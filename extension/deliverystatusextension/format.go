package deliverystatusextension

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/msp-collector/msp-collector/components/status"
)

// number writes a count with a comma at every thousand.
func number(n uint64) string {
	digits := strconv.FormatUint(n, 10)
	var out strings.Builder
	for i, digit := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			out.WriteByte(',')
		}
		out.WriteRune(digit)
	}
	return out.String()
}

// rate writes a rate with as many digits as are worth reading.
func rate(perSecond float64) string {
	if perSecond > 0 && perSecond < 10 {
		return strconv.FormatFloat(perSecond, 'f', 1, 64)
	}
	return number(uint64(math.Round(perSecond)))
}

// byteSize writes a size in the unit that suits it.
func byteSize(n int64) string {
	size, unit := float64(n), 0
	for size >= 1024 && unit < 4 {
		size, unit = size/1024, unit+1
	}
	if unit == 0 {
		return fmt.Sprintf("%d bytes", n)
	}
	return fmt.Sprintf("%.1f %s", size, [...]string{"", "KiB", "MiB", "GiB", "TiB"}[unit])
}

// percent is what share part is of whole, in whole percents.
func percent(part, whole int64) int64 {
	if whole <= 0 {
		return 0
	}
	return min(100, part*100/whole)
}

// seconds writes a duration in its two largest units at most.
func seconds(s status.Seconds) string {
	d := time.Duration(float64(s) * float64(time.Second))
	switch {
	case d < 0:
		return "-" + seconds(-s)
	case d == 0:
		return "0 s"
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < 10*time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < time.Minute:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d < time.Hour:
		return units(d, time.Minute, "min", time.Second, "s")
	case d < 24*time.Hour:
		return units(d, time.Hour, "h", time.Minute, "min")
	default:
		return units(d, 24*time.Hour, "d", time.Hour, "h")
	}
}

func units(d, large time.Duration, largeName string, small time.Duration, smallName string) string {
	d = d.Round(small)
	if rest := d % large / small; rest > 0 {
		return fmt.Sprintf("%d %s %d %s", d/large, largeName, rest, smallName)
	}
	return fmt.Sprintf("%d %s", d/large, largeName)
}

// sentence begins with a capital letter, unless its first word is the id of a component.
func sentence(text string) string {
	if first, _, _ := strings.Cut(text, " "); text == "" || strings.Contains(first, "_") {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// lower begins with a small letter, where the first word is no name.
func lower(text string) string {
	for _, name := range [...]string{"AccessKey", "TLS", "HTTP"} {
		if strings.HasPrefix(text, name) {
			return text
		}
	}
	if text == "" {
		return ""
	}
	return strings.ToLower(text[:1]) + text[1:]
}

func samplesAre(n uint64) string {
	if n == 1 {
		return "1 sample is"
	}
	return number(n) + " samples are"
}

// minutes writes a duration of whole minutes.
func minutes(d time.Duration) string { return fmt.Sprintf("%d minutes", int(d.Minutes())) }

// ago is how long before now something was.
func ago(now, then time.Time) string {
	if then.IsZero() {
		return "never"
	}
	return since(now, then) + " ago"
}

func since(now, then time.Time) string { return seconds(status.Seconds(now.Sub(then).Seconds())) }

// clock writes a time as people compare it with logs.
func clock(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.Format("2006-01-02 15:04:05 MST")
}

// short leaves the date out when it is today's.
func short(now, t time.Time) string {
	if now.Format(time.DateOnly) == t.Format(time.DateOnly) {
		return t.Format("15:04:05 MST")
	}
	return clock(t)
}
