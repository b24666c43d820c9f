package masking

import (
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/masking/detect"
)

func policyWith(set func(*Options)) *Policy {
	o := testOptions()
	set(&o)
	return NewPolicy(o)
}

func TestActions(t *testing.T) {
	const card, mail = "4111 1111 1111 1111", "jane.roe@shop.example"
	for _, c := range []struct {
		name   string
		id     detect.ID
		action Action
		in     string
		want   string
	}{
		{"mask", detect.Email, Action{Kind: Mask}, "to " + mail + "!", "to ***email***!"},
		{"partial keeps separators", detect.CreditCard, Action{Kind: Partial, KeepLast: 4}, card, "**** **** **** 1111"},
		{"partial never keeps more than half", detect.Email, Action{Kind: Partial, KeepFirst: 3, KeepDomain: true}, "ab@x.example", "**@x.example"},
		{"partial and domain", detect.Email, Action{Kind: Partial, KeepFirst: 1, KeepDomain: true}, mail, "j***.***@shop.example"},
		{"truncate IPv4", detect.IPv4, Action{Kind: TruncateIP, IPv4Bits: 24, IPv6Bits: 48}, "from 192.0.2.77.", "from 192.0.2.0."},
		{"truncate IPv6", detect.IPv6, Action{Kind: TruncateIP, IPv4Bits: 24, IPv6Bits: 48}, "[2001:db8:1:2::5]:80", "[2001:db8:1::]:80"},
		{"tag", detect.Email, Action{Kind: Tag}, mail, mail},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := policyWith(func(o *Options) { o.Actions[c.id] = c.action })
			require.Equal(t, c.want, maskText(p, c.in))
		})
	}
}

// Hashes of one value are equal however it is written, differ by detector and
// key, and say which key made them. Those of an old key stay.
func TestHash(t *testing.T) {
	hash := func(keys ...HashKey) *Policy {
		return policyWith(func(o *Options) {
			o.Actions[detect.CreditCard], o.Actions[detect.Email] = Action{Kind: Hash}, Action{Kind: Hash, KeepDomain: true}
			o.HashKeys = keys
		})
	}
	k1, k2 := HashKey{"k1", []byte(strings.Repeat("1", 32))}, HashKey{"k2", []byte(strings.Repeat("2", 32))}
	first := maskText(hash(k1), "4111111111111111")
	require.Regexp(t, `^hmac:k1:[A-Za-z0-9_-]{22}$`, first)
	require.Equal(t, first, maskText(hash(k1), "4111-1111-1111-1111"))
	rotated := hash(k2, k1)
	require.Regexp(t, `^hmac:k2:`, maskText(rotated, "4111111111111111"))
	require.Equal(t, first, maskText(rotated, first))
	require.Regexp(t, `^hmac:k1:[A-Za-z0-9_-]{22}\*@shop\.example$`, maskText(hash(k1), "jane@shop.example"))
	require.Equal(t, maskText(hash(k1), "jane@shop.example"), maskText(hash(k1), "Jane@shop.example"))
}

func TestAllowListIsAboutTheMatch(t *testing.T) {
	p := policyWith(func(o *Options) { o.Allow = Allow{EmailDomains: []string{"corp.example"}, Examples: true} })
	require.Equal(t, "bob@corp.example paid with ***credit_card***", maskText(p, "bob@corp.example paid with 5500000000000004"))
	require.Equal(t, "x@eu.corp.example, ***email***", maskText(p, "x@eu.corp.example, x@notcorp.example"))
	require.Equal(t, "AKIAIOSFODNN7EXAMPLE", maskText(p, "AKIAIOSFODNN7EXAMPLE"))
}

// Types stay, whatever is masked in them.
func TestValuesKeepTheirTypes(t *testing.T) {
	ld := plog.NewLogs()
	m := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty().Attributes()
	require.NoError(t, m.FromRaw(map[string]any{
		"card": int64(4111111111111111), "double": float64(4111111111111111), "time": int64(1767571200000000000), "n": int64(7),
		"password": map[string]any{"a": "x", "b": []any{int64(1), true, 2.5}}, "list": []any{"a@b.example", int64(4111111111111111)},
		"bytes": []byte("a@b.example"), "service.version": "1.2.3.4", "client.address": "192.0.2.1",
	}))
	NewMasker(NewPolicy(testOptions())).Logs(ld)
	require.Equal(t, map[string]any{
		"card": int64(0), "double": float64(0), "time": int64(1767571200000000000), "n": int64(7),
		"password": map[string]any{"a": "***key_rule***", "b": []any{int64(0), false, float64(0)}}, "list": []any{"***email***", int64(0)},
		"bytes": []byte("***email***"), "service.version": "1.2.3.4", "client.address": "***ipv4***",
	}, m.AsRaw())
}

// Masking bytes leaves a copy of their payload alone, though the copy shares
// them.
func TestCopiesKeepTheirBytes(t *testing.T) {
	ld := plog.NewLogs()
	body := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty().Body()
	body.SetEmptyBytes().FromRaw([]byte("mail to jane@shop.example"))
	other := plog.NewLogs()
	ld.CopyTo(other)
	NewMasker(NewPolicy(testOptions())).Logs(ld)
	require.Equal(t, "mail to ***email***", string(body.Bytes().AsRaw()))
	require.Equal(t, "mail to jane@shop.example", string(other.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).Body().Bytes().AsRaw()))
}

func TestKeyRules(t *testing.T) {
	p := policyWith(func(o *Options) {
		o.SkipKeys = []string{"app.*"}
		o.Rules = []Rule{
			{Keys: []string{"app.secret_ok"}, Action: Action{Kind: Tag}},
			{Keys: []string{"*.card_number"}, Action: Action{Kind: DropAttribute}},
			{Keys: []string{"app.pin"}, Action: Action{Kind: Partial, KeepLast: 1}},
		}
	})
	ld := plog.NewLogs()
	m := ld.ResourceLogs().AppendEmpty().Resource().Attributes()
	require.NoError(t, m.FromRaw(map[string]any{
		"app.secret_ok": "s", "x.card_number": "1", "app.pin": "1234", "app.note": "a@b.example", "Http.Request.Header.Authorization": "x",
		"k8s.secret.name": "tls", "gen_ai.usage.output_tokens": int64(7), "db.query.text": "SELECT 1 FROM t WHERE a = 'b'",
	}))
	NewMasker(p).Logs(ld)
	require.Equal(t, map[string]any{
		"app.secret_ok": "s", "app.pin": "***4", "app.note": "a@b.example", "Http.Request.Header.Authorization": "***key_rule***",
		"k8s.secret.name": "tls", "gen_ai.usage.output_tokens": int64(7), "db.query.text": "SELECT ? FROM t WHERE a = ?",
	}, m.AsRaw())
}

// A dropped span leaves its skeleton, a dropped log record nothing.
func TestDropRecord(t *testing.T) {
	p := policyWith(func(o *Options) { o.Actions[detect.Email] = Action{Kind: DropRecord} })
	td := ptrace.NewTraces()
	spans := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans()
	for _, name := range []string{"keep", "for a@b.example"} {
		s := spans.AppendEmpty()
		s.SetName(name)
		s.SetSpanID(pcommon.SpanID{1})
		s.Status().SetCode(ptrace.StatusCodeError)
		s.Attributes().PutStr("a", "b")
		s.Events().AppendEmpty()
	}
	m := NewMasker(p)
	m.Traces(td)
	require.Equal(t, "keep", spans.At(0).Name())
	require.Equal(t, 1, spans.At(0).Events().Len())
	left := spans.At(1)
	require.Equal(t, map[string]any{SkeletonKey: true}, left.Attributes().AsRaw())
	require.Equal(t, pcommon.SpanID{1}, left.SpanID())
	require.Equal(t, ptrace.StatusCodeError, left.Status().Code())
	require.Zero(t, left.Events().Len())
	require.EqualValues(t, 1, m.Tally().Dropped())

	ld := plog.NewLogs()
	records := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
	records.AppendEmpty().Body().SetStr("a@b.example")
	records.AppendEmpty().Body().SetStr("fine")
	NewMasker(p).Logs(ld)
	require.Equal(t, 1, records.Len())
	require.Equal(t, "fine", records.At(0).Body().Str())
}

// What a rule replaces by its key is gone from the dictionary, too.
func TestProfileDictionary(t *testing.T) {
	for _, action := range []Action{{Kind: Mask}, {Kind: DropAttribute}} {
		pd := pprofile.NewProfiles()
		pd.Dictionary().StringTable().FromRaw([]string{"", "hunter2", "main", "mail to a@b.example", "password"})
		rp := pd.ResourceProfiles().AppendEmpty()
		rp.Resource().Attributes().PutEmptyMap("password").PutStr("x", "hunter2")
		a := pd.Dictionary().AttributeTable().AppendEmpty()
		a.SetKeyStrindex(4)
		a.Value().SetStr("other")
		rp.ScopeProfiles().AppendEmpty().Profiles().AppendEmpty().OriginalPayload().FromRaw([]byte{0x1f, 0x8b})
		NewMasker(policyWith(func(o *Options) { o.DenyAction = action })).Profiles(pd)
		require.Equal(t, []string{"", "***key_rule***", "main", "mail to ***email***", "password"}, pd.Dictionary().StringTable().AsRaw())
		require.NotEqual(t, "other", a.Value().AsString())
		require.Zero(t, rp.ScopeProfiles().At(0).Profiles().At(0).OriginalPayload().Len())
	}
}

// A detector that panics costs the value, of whatever type, and is counted.
func TestFailsClosed(t *testing.T) {
	p := policyWith(func(o *Options) {
		o.Custom, o.CustomNames = []*detect.Custom{{}}, []string{"broken"} // without a pattern
		o.Actions = append(o.Actions, Action{})
	})
	ld := plog.NewLogs()
	m := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty().Attributes()
	require.NoError(t, m.FromRaw(map[string]any{
		"text": "harmless", "int": int64(20260105120000), "double": float64(20260105120000), "bytes": []byte("harmless"), "list": []any{"harmless"},
	}))
	masker := NewMasker(p)
	masker.Logs(ld)
	require.Equal(t, map[string]any{
		"text": errorText, "int": int64(0), "double": float64(0), "bytes": []byte(errorText), "list": []any{errorText},
	}, m.AsRaw())
	counted := make(map[string]int64)
	masker.Tally().Failures(func(reason string, n int64) { counted[reason] = n })
	require.Equal(t, map[string]int64{"panic": 5, "too_deep": 0, "too_long": 0, "unsettled": 0}, counted)
}

// A detector that finds something in a text that stands in for a value would mask
// it again and again.
func TestUnstable(t *testing.T) {
	for pattern, want := range map[string]bool{
		`MASK_E\w+`: true, `TOO_(DEEP)`: true, `^.{3}TOO_LONG`: true, `key_rule`: true, `custom_\d`: true, `E\d{5}`: false, `mask_error`: false,
	} {
		name, unstable := policyWith(func(o *Options) { withCustom(o, Action{}, pattern) }).Unstable()
		require.Equal(t, want, unstable, pattern)
		if unstable {
			require.Equal(t, "custom_0", name)
		}
	}
}

func TestLongAndDeepValues(t *testing.T) {
	const limit = 1 << 10
	at := func(o Oversize) *Policy {
		return policyWith(func(opt *Options) { opt.MaxValueBytes, opt.Oversize = limit, o })
	}
	// The secret lies across the cut, and behind it.
	text := strings.Repeat("x ", limit/2-4) + "4111111111111111 " + strings.Repeat("y ", 4000) + "a@b.example"
	cut := maskText(at(Truncate), text)
	require.LessOrEqual(t, len(cut), limit)
	require.NotContains(t, cut, "4111")
	require.Equal(t, cut, maskText(at(Truncate), cut))
	require.Equal(t, tooLongText, maskText(at(Replace), text))
	require.NotContains(t, maskText(at(Scan), text), "a@b.example")

	ld := plog.NewLogs()
	body := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty().Body()
	inner := body.SetEmptySlice()
	for range 40 {
		inner = inner.AppendEmpty().SetEmptySlice()
	}
	inner.AppendEmpty().SetStr("a@b.example")
	NewMasker(NewPolicy(testOptions())).Logs(ld)
	require.NotContains(t, body.AsString(), "a@b.example")
	require.Contains(t, body.AsString(), tooDeepText)
}

func TestTally(t *testing.T) {
	m := NewMasker(NewPolicy(testOptions()))
	ld := plog.NewLogs()
	ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty().Body().SetStr("a@b.example 4111111111111112")
	m.Logs(ld)
	matches, rejected := make(map[string]int64), make(map[string]int64)
	m.Tally().Matches(func(detector, action, field string, n int64) { matches[detector+"/"+action+"/"+field] = n })
	m.Tally().Rejected(func(detector string, n int64) { rejected[detector] = n })
	require.Equal(t, map[string]int64{"email/mask/log_body": 1}, matches)
	require.True(t, maps.Equal(map[string]int64{"credit_card": 1}, rejected), "%v", rejected)
	require.EqualValues(t, 28, m.Tally().Bytes())
}

// Nothing is allocated where nothing is found. (A worker of a masker's pool may
// be a new one, which has yet to learn what repeats.)
func TestCleanDataIsFree(t *testing.T) {
	td := cleanTraces()
	p := NewPolicy(testOptions())
	w := newWorker(p, newTally(p))
	for range 3 {
		w.traces(td)
	}
	require.Zero(t, testing.AllocsPerRun(20, func() { w.traces(td) }))
}
