package clients

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseAccepts(t *testing.T) {
	for name, tc := range map[string]struct {
		content string
		pairs   int
	}{
		"nobody":          {"[]", 0},
		"white space":     {"\n [ ] \n", 0},
		"byte order mark": {"\xef\xbb\xbf" + encode(t, plain(idA, secretA)), 1},
		"unknown keys":    {encode(t, record{"AccessKeyId": idA, "AccessKeySecret": secretA, "GenerateTimestamp": "2023-03-25T10:42:40Z", "x": []int{1}}), 1},
		"same pair twice": {encode(t, plain(idA, secretA), plain(idA, secretA)), 2},
		"null is absent":  {encode(t, record{"AccessKeyId": idA, "AccessKeySecret": secretA, "AccessKeySecretHash": nil}), 1},
	} {
		list, err := parse([]byte(tc.content))
		require.NoError(t, err, name)
		assert.Len(t, list, tc.pairs, name)
	}
}

func TestParseRefusesFiles(t *testing.T) {
	whole := encode(t, plain(idA, secretA), plain(idB, secretB))
	for name, tc := range map[string]struct{ content, want string }{
		"empty":              {"", "it is empty: write [] to admit nobody"},
		"blank":              {" \n\t", "it is empty"},
		"null":               {"null", "not a JSON array"},
		"object":             {strings.Trim(encode(t, plain(idA, secretA)), "[]"), "not a JSON array"},
		"string":             {`"` + secretA + `"`, "not a JSON array"},
		"half-written":       {whole[:len(whole)/2], "not valid JSON at line 1, column"},
		"second line":        {"[\n  {\"AccessKeyId\": 'x'}\n]", "not valid JSON at line 2, column 19"},
		"two documents":      {whole + whole, "not valid JSON"},
		"not UTF-8":          {"[{\"AccessKeyId\":\"\xff\"}]", "not UTF-8"},
		"UTF-16":             {"\xff\xfe[\x00]\x00", "not UTF-8"},
		"deeply nested":      {strings.Repeat("[", 100_000), "not valid JSON"},
		"zeroes after crash": {strings.Repeat("\x00", 64), "not valid JSON"},
	} {
		list, err := parse([]byte(tc.content))
		assert.ErrorContains(t, err, tc.want, name)
		assert.Empty(t, list, name)
	}
}

func TestParseRefusesEntries(t *testing.T) {
	hash := bcryptOf(t, secretA)
	for name, tc := range map[string]struct {
		entry any
		want  string
	}{
		"neither":          {record{"AccessKeyId": idA}, "no secret"},
		"misspelt":         {record{"AccessKeyId": idA, "AccessKeySecretHsh": hash}, "no secret"},
		"both":             {record{"AccessKeyId": idA, "AccessKeySecret": secretA, "AccessKeySecretHash": hash}, "both AccessKeySecret"},
		"no id":            {plain("", secretA), "the AccessKey ID is empty"},
		"no id with hash":  {hashed("", hash), "the AccessKey ID is empty"},
		"colon":            {plain("LTAI:x", secretA), "colon"},
		"empty secret":     {plain(idA, ""), "secret is empty"},
		"space in secret":  {plain(idA, secretA+" "), "white space"},
		"placeholder":      {plain(idA, "<secret>"), "placeholder"},
		"number":           {record{"AccessKeyId": idA, "AccessKeySecret": 424242}, "not an object whose"},
		"not an object":    {secretA, "not an object"},
		"nothing":          {nil, "not an object"},
		"too long":         {plain(idA, strings.Repeat("s", maxAuthorization)), "do not fit"},
		"long id":          {hashed(strings.Repeat("i", maxAuthorization), hash), "do not fit"},
		"hash as secret":   {plain(idA, hash), "name the field AccessKeySecretHash"},
		"digest as secret": {plain(idA, sha256Of(secretA)), "name the field AccessKeySecretHash"},
		"empty hash":       {hashed(idA, ""), "unknown kind"},
		"unknown hash":     {hashed(idA, "$5$salt$hash"), "unknown kind"},
		"hex digest":       {hashed(idA, "{SHA256}"+strings.Repeat("0f", 32)), "base64"},
		"short digest":     {hashed(idA, "{SHA256}AAAA"), "base64"},
		"digest and break": {hashed(idA, sha256Of(secretA)+"\n"), "base64"},
		"short bcrypt":     {hashed(idA, hash[:59]), "damaged"},
		"only a prefix":    {hashed(idA, "$2"), "damaged"},
		"long bcrypt":      {hashed(idA, hash+"x"), "damaged"},
		"foreign letter":   {hashed(idA, hash[:30]+"="+hash[31:]), "damaged"},
		"bcrypt 2x":        {hashed(idA, "$2x"+hash[3:]), "damaged"},
		"bcrypt letters":   {hashed(idA, hash[:4]+"1x"+hash[6:]), "damaged"},
		"cost 3":           {hashed(idA, hash[:4]+"03"+hash[6:]), "4 to 14"},
		"cost 31":          {hashed(idA, hash[:4]+"31"+hash[6:]), "4 to 14"},
	} {
		content := encode(t, plain(idB, secretB), record{"x": tc.entry})
		content = strings.Replace(strings.Replace(content, `{"x":`, "", 1), "}]", "]", 1)
		list, err := parse([]byte(content))
		require.ErrorContains(t, err, tc.want, name)
		assert.ErrorContains(t, err, "entry 2 (AccessKeyId ", name)
		assert.NotContains(t, err.Error(), secretA, name)
		assert.NotContains(t, err.Error(), idA, name)
		assert.Empty(t, list, name)
	}
}

func TestParseJoinsProblemsAndBoundsThem(t *testing.T) {
	var records []record
	for range maxReported + 3 {
		records = append(records, plain(idA, ""))
	}
	_, err := parse([]byte(encode(t, records...)))
	require.ErrorContains(t, err, "entry 5 (AccessKeyId LTAI****aaaa)")
	assert.NotContains(t, err.Error(), "entry 6")
	assert.ErrorContains(t, err, "and 3 more entries")
}

func TestParseBoundsSecretsPerID(t *testing.T) {
	var records []record
	for range maxSecretsPerID {
		records = append(records, plain(idA, secretA))
	}
	_, err := parse([]byte(encode(t, records...)))
	require.NoError(t, err)
	_, err = parse([]byte(encode(t, append(records, plain(idA, secretB))...)))
	require.ErrorContains(t, err, "entry 9 (AccessKeyId LTAI****aaaa): more than 8 secrets")
}
