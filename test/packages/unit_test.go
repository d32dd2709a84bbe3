package packages

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// maxExposure is what systemd may think of the unit at most: 10 is a service that may do everything.
const maxExposure = 2.0

// The unit is good where it is installed, and lets the collector do little.
func TestUnit(t *testing.T) {
	d := startDebian(t)
	d.install(built(t, "_amd64.deb"), "dpkg --install")
	verified := d.run("systemd-analyze verify --man=no " + unitPath + " 2>&1")
	assert.NotContains(t, verified, "msp-collector", verified)
	report := d.run("systemd-analyze security --no-pager --offline=true " + unitPath)
	exposure := regexp.MustCompile(`Overall exposure level for msp-collector.service: ([\d.]+)`).FindStringSubmatch(report)
	require.NotNil(t, exposure, report)
	score, err := strconv.ParseFloat(exposure[1], 64)
	require.NoError(t, err)
	t.Logf("exposure %.1f", score)
	assert.LessOrEqual(t, score, maxExposure, report)
}

// The rpm holds the same as the deb, and its scripts work where there is an rpm.
func TestRPM(t *testing.T) {
	d := startDebian(t)
	path := built(t, ".x86_64.rpm")
	d.docker("cp", path, d.name+":/tmp/collector.rpm")
	d.docker("cp", built(t, "_amd64.deb"), d.name+":/tmp/collector.deb")
	inDeb := d.run(`dpkg-deb --fsys-tarfile /tmp/collector.deb | tar -t | sed -n 's|^\./\(.*[^/]\)$|/\1|p' | sort`)
	inRPM := d.run("rpm --query --package --list /tmp/collector.rpm 2>/dev/null | grep -v '/targets$' | sort")
	assert.Equal(t, inDeb, inRPM)
	kept := strings.Fields(d.run("rpm --query --package --configfiles /tmp/collector.rpm 2>/dev/null"))
	assert.ElementsMatch(t, []string{"/etc/msp-collector/agent.yaml", "/etc/msp-collector/gateway.yaml", environment}, kept)

	d.run("rpm --install --nodeps /tmp/collector.rpm") // its dependencies are named as on a system of rpms
	d.isInstalled()
	d.run("echo '# edited' >> " + environment)
	d.run("rpm --erase --nodeps msp-collector")
	d.run("! test -e /usr/bin/msp-collector && test -s " + keyFile + " && test -d /var/lib/msp-collector && grep -q '# edited' " + environment + ".rpmsave")
}
