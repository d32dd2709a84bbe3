package diagnosis

import (
	"net/url"
	"regexp"
	"strings"
)

// Generation is which kind of the service's instances a URL belongs to.
type Generation string

// The generations. Other is a custom domain, a proxy, or another service.
const (
	Legacy      Generation = "TSDB"
	V1          Generation = "V1"
	V2          Generation = "V2"
	MetricStore Generation = "MetricStore"
	Other       Generation = ""
)

// Endpoint is what a URL says of the destination behind it.
type Endpoint struct {
	Generation Generation
	Region     string // empty where the URL does not name one
	Internal   bool   // reachable only from a VPC of the region
	Scheme     string
	Host       string // without the port
	Port       string // the scheme's own when the URL names none
}

// regionLabel is a host label such as cn-hangzhou or ap-southeast-1-intranet.
var regionLabel = regexp.MustCompile(`^[a-z]{2}-[a-z]+(-[a-z0-9]+)*$`)

// Classify reads a URL. One that is none is Other.
func Classify(raw string) Endpoint {
	u, err := url.Parse(raw)
	if err != nil {
		return Endpoint{}
	}
	e := Endpoint{Scheme: u.Scheme, Host: u.Hostname(), Port: u.Port()}
	if e.Port == "" {
		e.Port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	label := ""
	switch {
	case strings.HasSuffix(e.Host, ".hitsdb.rds.aliyuncs.com"):
		e.Generation = Legacy
	case strings.HasSuffix(e.Host, ".arms.aliyuncs.com"):
		e.Generation, label = V1, strings.TrimSuffix(e.Host, ".arms.aliyuncs.com")
	case strings.HasSuffix(e.Host, ".log.aliyuncs.com"):
		e.Generation = MetricStore
		if strings.Contains(u.Path, "/aliyun-prom-") {
			e.Generation = V2
		}
		_, label, _ = strings.Cut(strings.TrimSuffix(e.Host, ".log.aliyuncs.com"), ".")
	}
	label, e.Internal = strings.CutSuffix(label, "-intranet")
	if regionLabel.MatchString(label) {
		e.Region = label
	}
	return e
}

// where names the network an internal endpoint is in.
func (e Endpoint) where() string {
	if e.Region == "" {
		return "its region"
	}
	return "region " + e.Region
}
