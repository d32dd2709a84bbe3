package translate

import (
	"errors"
	"fmt"
	"regexp"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"

	"github.com/msp-collector/msp-collector/components/managedprometheusexporter"
	"github.com/msp-collector/msp-collector/components/prometheusscrapereceiver"
	"github.com/msp-collector/msp-collector/extension/accesskeyauthextension"
)

// validate decodes the configuration into the types of the components and asks them whether it is valid, as the collector will:
// what it would refuse, it must not be handed in a reload, since it has stopped by then.
func (t *translation) validate(destinations []*destination) error {
	values, err := plain(t.result.Document)
	if err != nil {
		return t.in(t.source.Path, withoutValues(err))
	}
	conf := confmap.NewFromStringMap(values)
	receiver := prometheusscrapereceiver.NewFactory().CreateDefaultConfig()
	var errs []error
	if err := decode(conf, "receivers::"+receiverID, receiver); err != nil {
		errs = append(errs, t.in(t.source.Path, err))
	}
	for _, d := range destinations {
		exporter := managedprometheusexporter.NewFactory().CreateDefaultConfig()
		if err := decode(conf, "exporters::"+d.exporterID, exporter); err != nil {
			errs = append(errs, t.at(d.entry, "%s: %w", d.key, err))
		}
		if d.auth == nil {
			continue
		}
		if err := decode(conf, "extensions::"+d.authID, accesskeyauthextension.NewFactory().CreateDefaultConfig()); err != nil {
			errs = append(errs, t.at(d.entry, "%s: %s", d.authKey(), sourceKey.ReplaceAllString(err.Error(), "")))
		}
	}
	return errors.Join(errs...)
}

// sourceKey is the key of accesskey_auth at the beginning of an error, in the place of which authKey stands.
var sourceKey = regexp.MustCompile(`^(static|basic_auth|authorization|oauth2): `)

// authKey returns the key of the credentials in the prometheus.yml.
func (d *destination) authKey() string {
	for _, key := range []string{"basic_auth", "authorization", "oauth2"} {
		if at, _ := lookup(d.entry, key); at != nil {
			return d.key + "." + key
		}
	}
	return d.key + ".url"
}

func decode(conf *confmap.Conf, id string, config component.Config) error {
	section, err := conf.Sub(id)
	if err != nil {
		return fmt.Errorf("%s cannot be found", id)
	}
	if err := section.Unmarshal(config); err != nil {
		return withoutValues(err)
	}
	if c, ok := config.(*accesskeyauthextension.Config); ok && c.ReadsFiles() {
		return nil // its Validate tells of unreadable files under `validate`, and will when the collector calls it
	}
	return confmap.Validate(config)
}
