package diagnosis

const (
	internalOnly = "an internal URL works only from a VPC in {where}: elsewhere copy the Internet URL from the instance's Settings tab into {key}"
	letOut       = "allow outbound TCP from this host to {host} port {port} in its firewall and its security group"
	waits        = "{later}"
)

// network are the ways for no answer to come.
var network = []rule{
	{"no_pair", []condition{failed(is(ErrNoPair))},
		"there is no AccessKey pair to send with",
		"see in the error what its source lacks, and fill it; it is read again by itself"},
	{"proxy", []condition{failed(throughProxy)},
		"the proxy cannot be reached, or does not let the request through",
		"see {settings}::proxy_url and HTTPS_PROXY, or let {host} pass by the proxy with NO_PROXY" + waits},
	{"dns", []condition{failed(nameUnresolved), internal},
		"the internal host name {host} cannot be resolved here",
		internalOnly + waits},
	{"dns", []condition{failed(nameUnknown)},
		"the host name {host} does not exist",
		"copy the {kind} from the instance's Settings tab into {key}, and see /etc/resolv.conf" + waits},
	{"dns", []condition{failed(nameUnresolved)},
		"the name server does not answer for {host}",
		"see /etc/resolv.conf, and that UDP and TCP port 53 to the name server are open" + waits},
	{"tls_name", []condition{failed(certificateName)},
		"the certificate is another host's, not that of {host}",
		"copy the URL as it is from the instance's Settings tab; with a private host name set {settings}::tls::server_name_override" + waits},
	{"tls_time", []condition{failed(certificateTime)},
		"the certificate is not valid at the time this host's clock shows",
		"set the clock by NTP; if it is right, the destination's certificate must be renewed" + waits},
	{"tls_untrusted", []condition{failed(certificateRoot)},
		"the certificate is signed by an authority this host does not trust",
		"a proxy that opens TLS, or a private endpoint: name its CA in {settings}::tls::ca_file" + waits},
	{"tls", []condition{failed(certificate)},
		"the destination's certificate cannot be verified",
		"see the error for what is wrong with it, and name the right CA in {settings}::tls::ca_file" + waits},
	{"not_tls", []condition{failed(notTLS)},
		"the destination does not speak TLS at this port",
		"write http:// where the Settings tab does, or correct the port in {key}" + waits},
	{"tls", []condition{failed(tlsFailed)},
		"the TLS handshake fails",
		"see the error: a wanted client certificate goes into {settings}::tls::cert_file, a TLS version into {settings}::tls::min_version" + waits},
	{"connection_refused", []condition{failed(refusedToTalk)},
		"nothing listens at {host} port {port}, or a firewall refuses",
		"see that host and port of {key} are those of the instance's Settings tab; " + letOut + waits},
	{"timeout", []condition{failed(timedOut), failed(connecting), internal},
		"no connection to the internal address {host} in time",
		internalOnly + "; in that VPC " + letOut + waits},
	{"timeout", []condition{failed(timedOut), failed(connecting)},
		"no connection to {host} in time: a firewall or security group drops it",
		letOut + waits},
	{"timeout", []condition{failed(timedOut)},
		"the destination did not answer in time",
		"if it lasts, raise {settings}::timeout, or look at the network between this host and {host}" + waits},
	{"unreachable", []condition{failed(noRoute), internal},
		"there is no way to the internal address {host}",
		internalOnly + waits},
	{"unreachable", []condition{failed(noRoute)},
		"there is no way to {host}: no route, or a firewall of this host forbids it",
		"see the host's routes and firewall; " + letOut + waits},
	{"not_http", []condition{failed(notHTTP)},
		"what listens at {host} port {port} does not speak HTTP/1.1",
		"correct the port in {key}; https:// in front of a TLS port is needed, too" + waits},
	{"connection_lost", []condition{failed(cutOff)},
		"the connection was cut before an answer came",
		"if it lasts, look at what stands between this host and {host}; plain http:// sent to a TLS port looks like this, too" + waits},
	{"no_answer", []condition{failed(func(*Observation) bool { return true })},
		"no answer came from {host}",
		"see the error for why; " + letOut + waits},
}

var unknown = rule{"unknown", nil, "the destination answers in a way that is not known", "see the answer; " + copyURL}

var rules = append(append(append([]rule{}, refusals...), answers...), network...)
