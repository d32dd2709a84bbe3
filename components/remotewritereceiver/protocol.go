package remotewritereceiver

import (
	"fmt"
	"mime"
)

// protocol is what differs between remote write 1.0 and 2.0.
type protocol struct {
	message string // the name of the protobuf message
	// Numbers of fields: of the series in the request, and of what a series holds.
	series, histograms, exemplars int
	// symbolized messages have a table of strings that labels refer to, metadata in each series, start times in each
	// sample, and an answer that counts what was written.
	symbolized bool
}

var (
	v1 = &protocol{message: "prometheus.WriteRequest", series: 1, histograms: 4, exemplars: 3}
	v2 = &protocol{message: "io.prometheus.write.v2.Request", series: 5, histograms: 3, exemplars: 4, symbolized: true}
)

// Fields that both protocols number alike, or that only one has.
const (
	fieldMetadataV1 = 3 // of the request
	fieldSymbolsV2  = 4
	fieldLabels     = 1 // of a series, and of an exemplar
	fieldSamples    = 2
	fieldMetadataV2 = 5
)

const mediaType = "application/x-protobuf"

// negotiate tells which protocol a request is in. Without a Content-Type, and without the parameter proto, it is 1.0.
func negotiate(contentType string) (*protocol, error) {
	switch contentType {
	case "", mediaType:
		return v1, nil
	case mediaType + ";proto=io.prometheus.write.v2.Request":
		return v2, nil
	}
	media, parameters, err := mime.ParseMediaType(contentType)
	if err != nil || media != mediaType {
		return nil, fmt.Errorf("Content-Type is %q: it must be %s", contentType, mediaType)
	}
	message, named := parameters["proto"]
	switch {
	case !named, message == v1.message:
		return v1, nil
	case message == v2.message:
		return v2, nil
	}
	return nil, fmt.Errorf("Content-Type has the message %q: it must be %s or %s", message, v1.message, v2.message)
}
