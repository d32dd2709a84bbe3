package source

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestParse(t *testing.T) {
	const cli = `{"current":"b","profiles":[
		{"name":"a","mode":"AK","access_key_id":"id-a","access_key_secret":"sesame-a"},
		{"name":"b","mode":"StsToken","access_key_id":"id-b","access_key_secret":"sesame-b","sts_token":"token-b"},
		{"name":"c","mode":"EcsRamRole"}]}`
	const ini = "# a comment\n[default]\ntype = access_key\naccess_key_id = id-d\naccess_key_secret = sesame=d\n\n[other]\naccess_key_id=id-o\naccess_key_secret=sesame-o\n"
	for name, c := range map[string]struct{ content, profile, id, secret, token, err string }{
		"kms secret":        {content: `{"AccessKeyId":"id","AccessKeySecret":"sesame","GenerateTimestamp":"2023-03-25T10:42:40Z"}`, id: "id", secret: "sesame"},
		"sts":               {content: `{"AccessKeyId":"id","AccessKeySecret":"sesame","SecurityToken":"token"}`, id: "id", secret: "sesame", token: "token"},
		"byte order mark":   {content: "\xef\xbb\xbf" + pairA, id: "id-a", secret: "secret-a"},
		"cli current":       {content: cli, id: "id-b", secret: "sesame-b", token: "token-b"},
		"cli profile":       {content: cli, profile: "a", id: "id-a", secret: "sesame-a"},
		"cli no profile":    {content: cli, profile: "x", err: `it has no profile "x"`},
		"cli other mode":    {content: cli, profile: "c", err: `has mode "EcsRamRole", which holds no pair`},
		"ini default":       {content: ini, id: "id-d", secret: "sesame=d"},
		"ini profile":       {content: ini, profile: "other", id: "id-o", secret: "sesame-o"},
		"ini no section":    {content: ini, profile: "x", err: "it has no section [x]"},
		"ini bare line":     {content: "[default]\nsesame", err: "line 2 is neither JSON"},
		"ini quoted":        {content: "[default]\naccess_key_id = \"id-q\"\naccess_key_secret = 'sesame-q'\n", id: "id-q", secret: "sesame-q"},
		"ini back quoted":   {content: "[default]\naccess_key_id = `id-q`\naccess_key_secret: sesame-q\n", id: "id-q", secret: "sesame-q"},
		"ini comment":       {content: "[default]\naccess_key_id = id-c ; rotated in May\naccess_key_secret = sesame-c # ours\r\n", id: "id-c", secret: "sesame-c"},
		"ini mark":          {content: "\xef\xbb\xbf[default]\r\naccess_key_id=id-m\r\naccess_key_secret=sesame-m\r\n", id: "id-m", secret: "sesame-m"},
		"ini open section":  {content: "[default\naccess_key_id = sesame", err: "neither JSON nor INI"},
		"ini invisible":     {content: "[default]\naccess_key_id=id\naccess_key_secret=sesame\u200b\n", err: "U+200B"},
		"json invisible":    {content: `{"AccessKeyId":"\ufeffid","AccessKeySecret":"sesame"}`, err: "the AccessKey ID holds U+FEFF at position 1"},
		"utf-16":            {content: "\xff\xfe{\x00", err: "UTF-16"},
		"empty":             {content: " \n", err: errEmptyFile.Error()},
		"half":              {content: `{"AccessKeyId":"id","AccessKeySecret":"sesa`, err: errBadJSON.Error()},
		"wrong type":        {content: `{"AccessKeyId":"id","AccessKeySecret":7}`, err: errBadJSON.Error()},
		"no secret":         {content: `{"AccessKeyId":"id"}`, err: "the AccessKey secret is empty"},
		"placeholder":       {content: `{"AccessKeyId":"<accesskey-id>","AccessKeySecret":"sesame"}`, err: "still a placeholder"},
		"space in secret":   {content: `{"AccessKeyId":"id","AccessKeySecret":"sesame "}`, err: "white space"},
		"two JSON in a row": {content: pairA + pairB, err: errBadJSON.Error()},
	} {
		t.Run(name, func(t *testing.T) {
			pair, _, err := parse([]byte(c.content), c.profile)
			if c.err != "" {
				require.ErrorContains(t, err, c.err)
				require.NotContains(t, err.Error(), "sesa")
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.id, pair.AccessKeyID)
			require.Equal(t, c.secret, string(pair.AccessKeySecret))
			require.Equal(t, c.token, string(pair.SecurityToken))
		})
	}
}

// KMS dates its RAM secrets; what is no time, or none of the past, is as good as none.
func TestCreationTime(t *testing.T) {
	for value, want := range map[string]time.Time{
		`"2023-03-25T10:42:40Z"`:      time.Date(2023, 3, 25, 10, 42, 40, 0, time.UTC),
		`"2023-03-25T18:42:40+08:00"`: time.Date(2023, 3, 25, 10, 42, 40, 0, time.UTC),
		`"2999-01-01T00:00:00Z"`:      {},
		`"yesterday"`:                 {},
		`1679740960`:                  {},
		`null`:                        {},
	} {
		pair, created, err := parse([]byte(`{"AccessKeyId":"id","AccessKeySecret":"sesame","GenerateTimestamp":`+value+`}`), "")
		require.NoError(t, err, value)
		require.Equal(t, "id", pair.AccessKeyID)
		require.True(t, want.Equal(created), "%s: %s", value, created)
	}
}

func TestCreationTimeBeatsThatOfTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "accesskey.json")
	for content, want := range map[string]time.Duration{
		`{"AccessKeyId":"id","AccessKeySecret":"s","GenerateTimestamp":"2023-03-25T10:42:40Z"}`: time.Since(time.Date(2023, 3, 25, 10, 42, 40, 0, time.UTC)),
		pairA: 0,
	} {
		write(t, path, content)
		loaded, err := NewFile(FileSettings{Path: path}).Load(context.Background())
		require.NoError(t, err)
		require.InDelta(t, want.Seconds(), time.Since(loaded.Written).Seconds(), 60)
	}
}

// Whatever a file holds, it is a pair that can be sent or an error that does not quote it; never a panic.
func FuzzParse(f *testing.F) {
	f.Add([]byte(pairA), "")
	f.Add([]byte(`{"current":"a","profiles":[{"name":"a","mode":"AK","access_key_id":"i","access_key_secret":"s"}]}`), "a")
	f.Add([]byte("[default]\naccess_key_id=i\naccess_key_secret=s\n"), "default")
	f.Add([]byte("[default]\naccess_key_id = \"\"\"i\naccess_key_secret=`s`\n%(i)s \\\n"), "default")
	f.Fuzz(func(t *testing.T, content []byte, profile string) {
		pair, created, err := parse(content, profile)
		if err == nil && pair.Validate() != nil {
			t.Fatalf("parse accepted what cannot be sent: %v", pair)
		}
		if err != nil && strings.Contains(err.Error(), "sesame") && !strings.Contains(profile, "sesame") && !strings.Contains(err.Error(), "has mode") {
			t.Fatalf("error quotes the file: %v", err) // the name of the mode of a profile may be quoted
		}
		if created.After(time.Now()) {
			t.Fatalf("a pair of the future, %s", created)
		}
	})
}
