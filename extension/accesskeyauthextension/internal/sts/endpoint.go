package sts

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

var (
	// The cause of url.Parse is not told: it quotes the URL, password included.
	errNotURL       = errors.New("is not an absolute http:// or https:// URL")
	errNotBase      = errors.New("holds a user, a query or a fragment: give scheme and host only")
	errPlainText    = errors.New("would send the OIDC token in clear text: use https://, http:// is for loopback addresses")
	errBadTimeout   = errors.New("timeout is negative: give a positive duration, or leave it out for the default")
	errRoleName     = errors.New("is not a RAM role name: 1 to 64 letters, digits, periods, underscores and hyphens")
	errHeaderFormat = errors.New("holds white space or a control character")
)

// parseURL accepts absolute http and https URLs; key names the setting in the error.
func parseURL(key, raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Hostname() == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, fmt.Errorf("%s %w", key, errNotURL)
	}
	return u, nil
}

// parseBase is parseURL for the address of a service.
func parseBase(key, raw string) (*url.URL, error) {
	u, err := parseURL(key, raw)
	if err != nil {
		return nil, err
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("%s %w", key, errNotBase)
	}
	return u, nil
}

// parseSTS accepts a host, as ALIBABA_CLOUD_STS_ENDPOINT holds one, or a URL. The OIDC token is as good
// as a password until it expires, so plain http is for this host alone.
func parseSTS(key, raw string) (*url.URL, error) {
	if !strings.Contains(raw, "://") {
		raw = "https://" + raw
	}
	u, err := parseBase(key, raw)
	if err != nil {
		return nil, err
	}
	if u.Scheme == "http" && !loopback(u.Hostname()) {
		return nil, fmt.Errorf("%s %w", key, errPlainText)
	}
	if u.Path == "" {
		u.Path = "/"
	}
	return u, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || (ip != nil && ip.IsLoopback())
}

// proxyFor is the environment's proxy for https. Plain http goes direct: a proxy would read the pair.
func proxyFor(u *url.URL) proxyFunc {
	if u.Scheme == "https" {
		return http.ProxyFromEnvironment
	}
	return nil
}

func timeoutOr(given, fallback time.Duration) (time.Duration, error) {
	if given < 0 {
		return 0, errBadTimeout
	}
	if given == 0 {
		return fallback, nil
	}
	return given, nil
}
