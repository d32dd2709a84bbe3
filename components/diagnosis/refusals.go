package diagnosis

import "net/http"

const (
	ownPair = "no restart is needed: a pair replaced at its source is tried at once"
	grant   = "grant {policy} to the RAM user in the RAM console; "
	copyURL = "copy the {kind} from the instance's Settings tab into {key}{ending}"
)

var (
	unauthorized = status(http.StatusUnauthorized, http.StatusForbidden)
	forbidden    = status(http.StatusForbidden)
)

// refusals are the answers that speak of who sends. Simple Log Service says 401 for nearly all of them, a missing permission
// and an overdue bill included, and 403 for quotas; other services use 403 as well. The special stand before the general.
var refusals = []rule{
	{"quota", []condition{forbidden, passes},
		"the instance's write quota is used up",
		"{waits}if it lasts, ask for a larger quota or split the shards of the MetricStore, or send less with write_relabel_configs"},
	{"key_leaked", []condition{unauthorized, says("risk of leakage")},
		"Alibaba Cloud restricts the AccessKey because it was found in public",
		"create another AccessKey in the RAM console, replace the pair at its source, and delete the leaked one; " + ownPair},
	{"permission_denied", []condition{unauthorized, says("denied by sts or ram", "is unauthorized", "not authorized", "no permission")},
		"the RAM user has no permission to {do} this instance",
		"the key itself is right: " + grant + "it is tried again by itself"},
	{"token_expired", []condition{unauthorized, says("token is expired", "token expired", "token has expired", "tokenexpired", "securitytoken.expired")},
		"the security token of the temporary pair has expired",
		"see why its source does not renew it: an STS pair in a file or variable must be replaced by whoever wrote it; rrsa and ecs_ram_role renew it by themselves"},
	{"token_invalid", []condition{unauthorized, says("token is invalid", "token invalid", "invalid security token", "invalidsecuritytoken")},
		"the security token does not belong to the temporary pair, or is not given",
		"give id, secret and security token of one answer of STS, all three; " + ownPair},
	{"key_disabled", []condition{unauthorized, says("disabled", "inactive")},
		"the AccessKey is disabled",
		"enable it again in the RAM console, or put another pair into its source; " + ownPair},
	{"bill_overdue", []condition{unauthorized, says("overdue", "service is forbidden", "service forbidden")},
		"the account has an overdue bill",
		"settle the bill in the Alibaba Cloud console: the key itself is right, it is tried again by itself"},
	{"key_mismatch", []condition{unauthorized, says("signaturenotmatch", "signaturedoesnotmatch")},
		"the AccessKey secret does not belong to the AccessKey ID",
		"copy id and secret of one AccessKey into the source again; " + ownPair},
	{"key_unknown", []condition{unauthorized, says("not found", "notfound", "not exist")},
		"the AccessKey ID does not exist",
		"it was deleted or belongs to another account: put an existing pair into its source; " + ownPair},
	{"key_unknown", []condition{unauthorized, says("invalidaccesskeyid")},
		"the AccessKey ID does not exist, or the service is not activated for its account",
		"put an existing pair into its source, and see that Managed Service for Prometheus is activated; " + ownPair},
	{"source_not_allowed", []condition{unauthorized, withoutPair},
		"the destination wants an AccessKey pair, or this address is not in its password-free policy",
		"name accesskey_auth in {settings}::auth::authenticator, or add this host's address or VPC to the instance's password-free policy"},
	{"permission_denied", []condition{forbidden},
		"the destination knows the sender and does not let it {do} this instance",
		grant + "or add this address to the instance's password-free policy; it is tried again by itself"},
	{"key_refused", []condition{status(http.StatusUnauthorized), not(skewed)}, // a signature of another time is below
		"wrong AccessKey ID or secret, or a key without permission",
		"check that id and secret belong together, that the AccessKey is enabled in the RAM console, and that its user may {do} this instance ({policy}); " + ownPair},
	{"bill_overdue", []condition{status(http.StatusPaymentRequired)},
		"the account has an overdue bill",
		"settle the bill in the Alibaba Cloud console; it is tried again by itself"},
}
