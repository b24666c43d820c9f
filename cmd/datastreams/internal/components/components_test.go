package components

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/compile"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/document"
)

// What is wrong with the settings of a component is told where the document has
// them.
func TestCheck(t *testing.T) {
	const long = "0123456789abcdef0123456789abcdef"
	t.Setenv("LONG_KEY", long)
	t.Setenv("MANY", "200")
	for name, tt := range map[string]struct {
		mask, profile, destination, more string
		want                             []string
	}{
		"nothing": {},
		"good": {
			mask: `{ detectors: [pii, ids], custom: [{ name: order, pattern: "o-([0-9]+)" }], hash_keys: [{ id: k1, secret: "${env:LONG_KEY}" }], actions: { email: { action: hash } } }`,
		},
		"detector": {
			mask: `{ detectors: [pii, idz] }`,
			want: []string{`f:4:28: error: actions[0].mask.detectors[1]: "idz" is neither a detector nor a group; did you mean "ids"?`},
		},
		"detector that is no list": {
			mask: `{ detectors: idz }`,
			want: []string{`f:4:11: error: actions[0].mask.detectors: "idz" is neither a detector nor a group; did you mean "ids"?`},
		},
		"key of a hash key": {
			mask: `{ hash_keys: [{ id: k1, secretz: "${env:LONG_KEY}" }] }`,
			want: []string{
				`f:4:23: error: actions[0].mask.hash_keys[0]: secret: has 0 bytes and needs at least 32; is the variable or file that it comes from there?`,
				`f:4:33: error: actions[0].mask.hash_keys[0].secretz: unknown key; did you mean "secret"?`,
			},
		},
		"pattern": {
			mask: `{ custom: [{ name: order, pattern: "(" }] }`,
			want: []string{"f:4:35: error: actions[0].mask.custom[0].pattern: error parsing regexp: missing closing ): `(`; the syntax is RE2, which has no look-around and no back-references"},
		},
		"short secret": {
			mask: `{ hash_keys: [{ id: k1, secret: short }] }`,
			want: []string{`f:4:33: error: actions[0].mask.hash_keys[0].secret: has 5 bytes and needs at least 32; is the variable or file that it comes from there?`},
		},
		"action": {
			mask: `{ actions: { email: { action: hsh } } }`,
			want: []string{`f:4:31: error: actions[0].mask.actions.email.action: "hsh" is no action; did you mean "hash"?`},
		},
		"all at once": {
			mask: `{ detectors: [idz], text: "", custom: [{ name: X, pattern: "(" }], oversize: replace, max_depth: 900 }`,
			want: []string{
				`f:4:23: error: actions[0].mask.detectors[0]: "idz" is neither`,
				`f:4:50: error: actions[0].mask.custom[0].name: "X" must be a lower-case letter`,
				`f:4:59: error: actions[0].mask.custom[0].pattern: error parsing regexp`,
				`f:4:95: error: actions[0].mask.max_depth: 900 is not between 1 and 64`,
			},
		},
		"in the profile": {
			profile: `{ detectors: [idz], max_depth: 900 }`, mask: `{ profile: strict, except: [emial], max_depth: 3 }`,
			want: []string{
				`f:2:40: error: mask_profiles.strict.detectors[0]: "idz" is neither`,
				`f:4:37: error: actions[0].mask.except[0]: "emial" is neither a detector nor a group; did you mean "email"?`,
			},
		},
		"key of parquet": {
			destination: `parquet: { url: file:data, spool: { max_siez_mib: 3, max_log_mib: 1 }, roll: { max_age: soon } }`,
			want: []string{
				`f:6:46: error: destinations.out.parquet.spool.max_siez_mib: unknown key "max_siez_mib"; did you mean "max_size_mib"?`,
				`f:6:63: error: destinations.out.parquet.spool.max_log_mib: 1 is not between 32 and 1048576`,
				`f:6:89: error: destinations.out.parquet.roll.max_age: time: invalid duration`,
			},
		},
		"URL of parquet": {
			destination: `parquet: { url: "ftp://host" }`,
			want:        []string{`f:6:21: error: destinations.out.parquet.url: "ftp://host" has the unknown scheme "ftp"`},
		},
		"key of OTLP": {
			destination: `otlp_http: { endpoint: "http://a", comprezzion: gzip, sending_queue: { num_consumer: 3 } }`,
			want: []string{
				`f:6:45: error: destinations.out.otlp_http.comprezzion: unknown key "comprezzion"; did you mean "compression"?`,
				`f:6:81: error: destinations.out.otlp_http.sending_queue.num_consumer: unknown key "num_consumer"`,
			},
		},
		"no endpoint": {
			destination: `otlp_grpc:`,
			want:        []string{`f:6:10: error: destinations.out.otlp_grpc: requires a non-empty "endpoint"`},
		},
		"value from the environment": {
			destination: `parquet: { uploads: "${env:MANY}" }`,
			want:        []string{`f:6:21: error: destinations.out.parquet.uploads: 200 is not between 1 and 64`},
		},
		"unknown here": {
			mask:        `{ detectors: ["${env:NOT_SET}", idz], hash_keys: [{ id: k1, secret: "${file:key}" }], actions: { email: { action: hsh } } }`,
			destination: `otlp_grpc: { endpoint: "${env:NOT_SET}", timeout: "${env:NOT_SET:-soon}" }`,
			want: []string{
				`actions[0].mask.actions.email.action: "hsh" is no action`,
				`destinations.out.otlp_grpc.timeout: `,
			},
		},
		"statement": {
			more: `{ transform: { logs: ["set(log.body"] } }`,
			want: []string{`f:4:30: error: actions[1]: unable to infer a valid context`},
		},
		"processor": {
			more: `{ processor: { masking: { detectors: [idz] } } }`,
			want: []string{`f:4:68: error: actions[1].processor.masking.detectors[0]: "idz" is neither`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.NewReplacer("PROFILE", or(tt.profile, "{}"), "MASK", or(tt.mask, "{ profile: strict }"), "OUT", or(tt.destination, "debug:"), "MORE", or(tt.more, "mask")).Replace(`version: 1
mask_profiles: { strict: PROFILE }
actions: [
  mask: MASK, MORE]
destinations:
  out: { OUT }
streams: { default: { destinations: [out] } }
`)
			got := checkText(t, text)
			require.Len(t, got, len(tt.want), "%v", got)
			for i, want := range tt.want {
				require.Contains(t, got[i].String(), want)
				require.NotContains(t, got[i].String(), long)
			}
		})
	}
}

// What the section collector changes is told there.
func TestCheckOfTheCollectorSection(t *testing.T) {
	got := checkText(t, `version: 1
destinations:
  out: { parquet: { url: file:data } }
streams: { default: { destinations: [out] } }
collector:
  exporters:
    parquet/out: { uploads: 900 }
  processors:
    masking/own: { detectors: [idz] }
    masking/odd: [idz]
`)
	var lines []string
	for _, d := range got {
		lines = append(lines, d.String())
	}
	require.Equal(t, []string{
		`f:7:20: error: collector.exporters.parquet/out.uploads: 900 is not between 1 and 64`,
		`f:9:32: error: collector.processors.masking/own.detectors[0]: "idz" is neither a detector nor a group; did you mean "ids"?`,
		`f:10:5: error: collector.processors.masking/odd: must be a mapping`,
	}, lines)
}

func checkText(t *testing.T, text string) document.Diagnostics {
	t.Helper()
	_, r, found := compile.Parse("f", []byte(text))
	require.False(t, found.Failed(), "%v", found)
	return Check(r, document.PartsOf("f", []byte(text)))
}

func or(text, standard string) string {
	if text == "" {
		return standard
	}
	return text
}
