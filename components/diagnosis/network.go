package diagnosis

import "slices"

const (
	internalOnly = "an internal URL works only from a VPC in {where}: elsewhere, copy the Internet URL from the instance's Settings tab into {key}"
	letOut       = "allow outbound TCP from this host to {host} port {port} in its firewall and its security group"
)

// network are the reasons for which no answer arrives.
var network = []rule{
	{"no_pair", []condition{failed(is(ErrNoPair))},
		"there is no AccessKey pair to send with",
		"read the error for what the source lacks, and put the pair there; the source is read again without a restart"},
	{"proxy", []condition{failed(throughProxy)},
		"the proxy cannot be reached, or does not forward the request",
		"check {settings}::proxy_url and HTTPS_PROXY, or bypass the proxy for {host} with NO_PROXY"},
	{"dns", []condition{failed(nameUnresolved), internal},
		"the internal host name {host} cannot be resolved from this host",
		internalOnly},
	{"dns", []condition{failed(nameUnknown)},
		"the host name {host} does not exist",
		"copy the {kind} from the instance's Settings tab into {key}, and check /etc/resolv.conf"},
	{"dns", []condition{failed(nameUnresolved)},
		"the name server does not answer for {host}",
		"check /etc/resolv.conf, and that UDP and TCP port 53 to the name server are open"},
	{"tls_name", []condition{failed(certificateName)},
		"the certificate is for another host name, not for {host}",
		"copy the URL unchanged from the instance's Settings tab; with a private host name, set {settings}::tls::server_name_override"},
	{"tls_time", []condition{failed(certificateTime)},
		"the certificate has expired or is not valid yet, according to the clock of this host",
		"synchronize the clock with NTP; if it is correct, the destination must renew its certificate"},
	{"tls_untrusted", []condition{failed(certificateRoot)},
		"the certificate is signed by an authority that this host does not trust",
		"set {settings}::tls::ca_file to the CA of the private endpoint, or of the proxy that terminates TLS"},
	{"tls", []condition{failed(certificate)},
		"the certificate of the destination cannot be verified",
		"read the error for what is wrong with it, and set {settings}::tls::ca_file to the right CA"},
	{"not_tls", []condition{failed(notTLS)},
		"the destination does not speak TLS at this port",
		"use http:// if the Settings tab does, or correct the port in {key}"},
	{"tls", []condition{failed(tlsFailed)},
		"the TLS handshake fails",
		"read the error: set {settings}::tls::cert_file if a client certificate is required, and {settings}::tls::min_version for the TLS version"},
	{"connection_refused", []condition{failed(refusedToTalk)},
		"nothing listens at {host} port {port}, or a firewall rejects the connection",
		"check that the host and port of {key} are those of the instance's Settings tab; " + letOut},
	{"timeout", []condition{failed(timedOut), failed(connecting), internal},
		"connecting to the internal address {host} timed out",
		internalOnly + "; in that VPC, " + letOut},
	{"timeout", []condition{failed(timedOut), failed(connecting)},
		"connecting to {host} timed out: a firewall or security group may drop the packets",
		letOut},
	{"timeout", []condition{failed(timedOut)},
		"the destination did not answer in time",
		"if this persists, raise {settings}::timeout, or check the network between this host and {host}"},
	{"unreachable", []condition{failed(noRoute), internal},
		"the internal address {host} is unreachable",
		internalOnly},
	{"unreachable", []condition{failed(noRoute)},
		"{host} is unreachable: there is no route, or a firewall of this host blocks it",
		"check the routes and the firewall of this host; " + letOut},
	{"not_http", []condition{failed(notHTTP)},
		"the server at {host} port {port} does not speak HTTP/1.1",
		"correct the port in {key}; a TLS port requires https://"},
	{"connection_lost", []condition{failed(cutOff)},
		"the connection was closed before an answer arrived",
		"if this persists, check the proxies and load balancers between this host and {host}; plain http:// sent to a TLS port looks the same"},
	{"no_answer", []condition{failed(func(*Observation) bool { return true })},
		"no answer arrived from {host}",
		"read the error for the reason; " + letOut},
}

var unknown = rule{"unknown", nil, "the destination gave an unknown answer", "read the answer; " + copyURL}

var rules = slices.Concat(credentials, refusals, answers, network)
