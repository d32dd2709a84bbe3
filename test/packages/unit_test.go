package packages

import (
	"regexp"
	"runtime"
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
	d.install(built(t, debSuffix), "dpkg --install")
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

var rpmSuffix = map[string]string{"amd64": ".x86_64.rpm", "arm64": ".aarch64.rpm"}[runtime.GOARCH]

// The rpm holds the same as the deb, and its scripts work where there is an rpm.
func TestRPM(t *testing.T) {
	d := startDebian(t)
	path := built(t, rpmSuffix)
	d.docker("cp", path, d.name+":/tmp/collector.rpm")
	d.docker("cp", built(t, debSuffix), d.name+":/tmp/collector.deb")
	inDeb := d.run(`dpkg-deb --fsys-tarfile /tmp/collector.deb | tar -t | sed -n 's|^\./\(.*[^/]\)$|/\1|p' | sort`)
	inRPM := d.run("rpm --query --package --list /tmp/collector.rpm 2>/dev/null | grep -v '/targets$' | sort")
	assert.Equal(t, inDeb, inRPM)
	kept := strings.Fields(d.run("rpm --query --package --configfiles /tmp/collector.rpm 2>/dev/null"))
	assert.ElementsMatch(t, []string{"/etc/msp-collector/agent.yaml", "/etc/msp-collector/gateway.yaml", environment}, kept)

	assert.Equal(t, "localhost", d.run("rpm --query --package --queryformat '%{BUILDHOST}' /tmp/collector.rpm 2>/dev/null"), "no name of the builder")

	d.run("rpm --install --nodeps /tmp/collector.rpm") // Debian's own database of packages knows what it needs, rpm's does not
	d.isInstalled()
	d.run("echo '# edited' >> " + environment + "; echo '# edited' >> /etc/msp-collector/agent.yaml")
	d.run("cd /; for path in $(rpm --query --package --requires /tmp/collector.rpm 2>/dev/null | grep ^/); do test -x $path; done")
	d.docker("cp", nextVersion(t, "rpm", rpmSuffix), d.name+":/tmp/next.rpm")
	d.run("rpm --upgrade --nodeps /tmp/next.rpm")
	d.run("grep -q '# edited' /etc/msp-collector/agent.yaml && grep -q '" + strings.TrimSpace(changed) + "' /etc/msp-collector/agent.yaml.rpmnew")
	assert.Contains(t, d.run("cat /etc/msp-collector/gateway.yaml"), changed, "nobody edited it")
	d.run("rpm --erase --nodeps msp-collector")
	d.run("! test -e /usr/bin/msp-collector && test -s " + keyFile + " && test -d /var/lib/msp-collector && grep -q '# edited' " + environment + ".rpmsave")
}
