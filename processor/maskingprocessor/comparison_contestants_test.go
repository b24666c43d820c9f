package maskingprocessor

import (
	"maps"
	"testing"

	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/redactionprocessor"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/processor/xprocessor"
)

// contestant is a processor in one configuration.
type contestant struct {
	traces   func(ptrace.Traces) error
	logs     func(plog.Logs) error
	metrics  func(pmetric.Metrics) error
	profiles func(pprofile.Profiles) error // leaves them alone if the processor has none
}

// newContestant creates the processors of a factory.
func newContestant(t *testing.T, factory processor.Factory, config map[string]any) *contestant {
	t.Helper()
	cfg := factory.CreateDefaultConfig()
	require.NoError(t, confmap.NewFromStringMap(config).Unmarshal(cfg))
	require.NoError(t, confmap.Validate(cfg))
	set := processor.Settings{ID: component.NewID(factory.Type()), TelemetrySettings: componenttest.NewNopTelemetrySettings()}
	nop := consumertest.NewNop()
	traces, err := factory.CreateTraces(t.Context(), set, cfg, nop)
	require.NoError(t, err)
	logs, err := factory.CreateLogs(t.Context(), set, cfg, nop)
	require.NoError(t, err)
	metrics, err := factory.CreateMetrics(t.Context(), set, cfg, nop)
	require.NoError(t, err)
	c := &contestant{
		traces:   func(d ptrace.Traces) error { return traces.ConsumeTraces(t.Context(), d) },
		logs:     func(d plog.Logs) error { return logs.ConsumeLogs(t.Context(), d) },
		metrics:  func(d pmetric.Metrics) error { return metrics.ConsumeMetrics(t.Context(), d) },
		profiles: func(pprofile.Profiles) error { return nil },
	}
	if x, ok := factory.(xprocessor.Factory); ok && x.ProfilesStability() != component.StabilityLevelUndefined {
		profiles, err := x.CreateProfiles(t.Context(), set, cfg, nop)
		require.NoError(t, err)
		c.profiles = func(d pprofile.Profiles) error { return profiles.ConsumeProfiles(t.Context(), d) }
	}
	return c
}

// sixPatterns are the usual ones: card, email, IPv4, JWT, phone, AWS key ID.
var sixPatterns = []any{
	`\b(?:4\d{12}(?:\d{3})?|5[1-5]\d{14}|3[47]\d{13}|6(?:011|5\d\d)\d{12})\b`,
	`[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}`,
	`\b(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)\b`,
	`\beyJ[A-Za-z0-9_-]+\.eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+`,
	`\+\d{1,3}[ -]?\d{3}[ -]?\d{3}[ -]?\d{4}\b`,
	`\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b`,
}

// newRedaction returns contrib's processor with the six patterns.
func newRedaction(t *testing.T, more map[string]any) *contestant {
	config := map[string]any{"allow_all_keys": true, "blocked_values": sixPatterns}
	maps.Copy(config, more)
	return newContestant(t, redactionprocessor.NewFactory(), config)
}

// newOurs returns our processor with these detectors.
func newOurs(t *testing.T, detectors ...any) *contestant {
	return newContestant(t, NewFactory(), map[string]any{"detectors": detectors})
}

// sixDetectors find what the six patterns are for.
var sixDetectors = []any{"credit_card", "email", "ipv4", "jwt", "phone", "aws_access_key_id"}
