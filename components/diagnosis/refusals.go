package diagnosis

import "net/http"

const (
	ownPair = "no restart is needed: a pair that is replaced at its source is tried at once"
	grant   = "grant {policy} to the RAM user in the RAM console"
	copyURL = "copy the {kind} from the instance's Settings tab into {key}{ending}"
)

var (
	unauthorized = status(http.StatusUnauthorized, http.StatusForbidden)
	forbidden    = status(http.StatusForbidden)
)

// refusals are the answers about the sender. Simple Log Service answers 401 to nearly all of them, a missing permission and an
// overdue bill included, and 403 for quotas; other services use 403 as well. Special rules come before general ones.
var refusals = []rule{
	{"quota", []condition{forbidden, passes},
		"the write quota of the instance is used up",
		"if this persists, request a larger quota, split the shards of the MetricStore, or send less with write_relabel_configs"},
	{"key_leaked", []condition{unauthorized, says("risk of leakage")},
		"Alibaba Cloud has restricted the AccessKey because it was found in public",
		"create a new AccessKey in the RAM console, replace the pair at its source, and delete the leaked AccessKey; " + ownPair},
	{"permission_denied", []condition{unauthorized, says("denied by sts or ram", "is unauthorized", "not authorized", "no permission")},
		"the RAM user has no permission to {do} this instance",
		grant + ": the AccessKey pair itself is correct, and delivery resumes without a restart"},
	{"token_expired", []condition{unauthorized, says("token is expired", "token expired", "token has expired", "tokenexpired", "securitytoken.expired")},
		"the security token of the temporary pair has expired",
		"find out why its source does not renew it: an STS pair in a file or variable must be replaced by the program that wrote it; rrsa and ecs_ram_role renew their pairs themselves"},
	{"token_invalid", []condition{unauthorized, says("token is invalid", "token invalid", "invalid security token", "invalidsecuritytoken")},
		"the security token does not belong to the temporary pair, or is missing",
		"provide the AccessKey ID, the secret and the security token of one STS response; " + ownPair},
	{"key_disabled", []condition{unauthorized, says("disabled", "inactive")},
		"the AccessKey is disabled",
		"enable it again in the RAM console, or put another pair into its source; " + ownPair},
	{"bill_overdue", []condition{unauthorized, says("overdue", "service is forbidden", "service forbidden")},
		"the account has an overdue bill",
		"pay the bill in the Alibaba Cloud console: the AccessKey pair itself is correct, and delivery resumes without a restart"},
	{"key_mismatch", []condition{unauthorized, says("signaturenotmatch", "signaturedoesnotmatch")},
		"the AccessKey secret does not belong to the AccessKey ID",
		"copy the ID and the secret of the same AccessKey into the source again; " + ownPair},
	{"key_unknown", []condition{unauthorized, says("not found", "notfound", "not exist")},
		"the AccessKey ID does not exist",
		"put an existing pair into the source: the AccessKey was deleted or belongs to another account; " + ownPair},
	{"key_unknown", []condition{unauthorized, says("invalidaccesskeyid")},
		"the AccessKey ID does not exist, or the service is not activated for its account",
		"put an existing pair into the source, and check that Managed Service for Prometheus is activated; " + ownPair},
	{"source_not_allowed", []condition{unauthorized, withoutPair},
		"the destination requires an AccessKey pair, or this address is not in its password-free policy",
		"set {settings}::auth::authenticator to accesskey_auth, or add the address or VPC of this host to the password-free policy of the instance"},
	{"permission_denied", []condition{forbidden},
		"the destination knows the sender and does not allow it to {do} this instance",
		grant + ", or add this address to the password-free policy of the instance; delivery resumes without a restart"},
	{"key_refused", []condition{status(http.StatusUnauthorized), not(skewed)}, // a signature of another time is below
		"wrong AccessKey ID or secret, or an AccessKey without permission",
		"check that the ID and the secret belong together, that the AccessKey is enabled in the RAM console, and that its RAM user may {do} this instance ({policy}); " + ownPair},
	{"bill_overdue", []condition{status(http.StatusPaymentRequired)},
		"the account has an overdue bill",
		"pay the bill in the Alibaba Cloud console; delivery resumes without a restart"},
}
