package main

import (
	"context"
	"fmt"

	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/redactionprocessor"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor"

	"github.com/otelcol-datastreams/otelcol-datastreams/processor/maskingprocessor"
)

// contestant is a processor in one configuration.
type contestant func(ptrace.Traces) error

// newContestant creates the processor of a factory.
func newContestant(factory processor.Factory, config map[string]any) (contestant, error) {
	ctx := context.Background()
	cfg := factory.CreateDefaultConfig()
	if err := confmap.NewFromStringMap(config).Unmarshal(cfg); err != nil {
		return nil, err
	}
	if err := confmap.Validate(cfg); err != nil {
		return nil, fmt.Errorf("%s: %w", factory.Type(), err)
	}
	set := processor.Settings{ID: component.NewID(factory.Type()), TelemetrySettings: componenttest.NewNopTelemetrySettings()}
	traces, err := factory.CreateTraces(ctx, set, cfg, consumertest.NewNop())
	if err != nil {
		return nil, err
	}
	return func(d ptrace.Traces) error { return traces.ConsumeTraces(ctx, d) }, nil
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
func newRedaction() (contestant, error) {
	return newContestant(redactionprocessor.NewFactory(), map[string]any{"allow_all_keys": true, "blocked_values": sixPatterns})
}

// newOurs returns our processor with these detectors.
func newOurs(detectors ...any) (contestant, error) {
	return newContestant(maskingprocessor.NewFactory(), map[string]any{"detectors": detectors})
}

// sixDetectors find what the six patterns are for, tenDetectors some more.
var (
	sixDetectors = []any{"credit_card", "email", "ipv4", "jwt", "phone", "aws_access_key_id"}
	tenDetectors = append(sixDetectors[:6:6], "iban", "api_token", "url_userinfo", "bearer_auth")
)
