// Package dropin proves that the provider prometheus: does with a prometheus.yml what Prometheus does. Each file of
// testdata/files is run by a real Prometheus and by the built collector at the same time, against targets that expose the same to
// both, and targets, requests and every series delivered are compared.
//
// Each has targets of its own at other ports, so that it is known which has scraped how often; in what is compared the
// addresses are names again. A series stands for the sequence of its values, repeated ones once: how often a target was
// scraped differs, what was found in turn does not.
//
// Reloads, the converter and further --config files are tested here as well.
package dropin
