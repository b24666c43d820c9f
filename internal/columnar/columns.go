package columnar

// serviceName is the attribute behind the one promoted column that is never null.
const serviceName = "service.name"

// unknownService stands in service_name for resources that do not say.
const unknownService = "unknown_service"

// resourceColumns are the columns that every signal takes from its resource and scope.
func resourceColumns() []column {
	service := text("service_name", "resource attribute "+serviceName+", "+unknownService+" when absent")
	service.scope, service.key, service.origin = scopeResource, serviceName, true
	return join([]column{service}, promotedColumns(scopeResource, kindText,
		"service.namespace", "service.version", "service.instance.id", "deployment.environment.name",
		"k8s.cluster.name", "k8s.namespace.name", "k8s.deployment.name", "k8s.pod.name", "k8s.node.name",
		"k8s.container.name", "host.name", "cloud.region", "cloud.availability_zone"))
}

// originColumns are the rest of resource and scope, after the item's own columns.
func originColumns() []column {
	columns := join(
		attributes("resource_attributes", "the resource's other attributes"),
		[]column{
			text("scope_name", "scope.name").asOptional(),
			text("scope_version", "scope.version").asOptional(),
		},
		attributes("scope_attributes", "scope.attributes"),
		[]column{
			text("resource_schema_url", "schema_url of the resource's group").asOptional(),
			text("scope_schema_url", "schema_url of the scope's group").asOptional(),
			number("resource_hash", kindInt64, "hash of all resource attributes, whatever their order").withoutStats(),
			number("resource_dropped_attributes_count", kindInt32, "resource.dropped_attributes_count"),
			number("scope_dropped_attributes_count", kindInt32, "scope.dropped_attributes_count"),
		},
	)
	for i := range columns {
		columns[i].origin = true
	}
	return columns
}

func traceColumns() []column {
	return join(
		[]column{
			number("time", kindTimestamp, "start_time_unix_nano, whole microseconds"),
			number("time_nanos", kindInt32, "start_time_unix_nano, the 0 to 999 nanoseconds beyond time").withoutStats(),
			number("duration_ns", kindInt64, "end_time_unix_nano - start_time_unix_nano, may be negative"),
			{name: "trace_id", kind: kindTraceID, bloom: true, source: "trace_id"},
			{name: "span_id", kind: kindSpanID, source: "span_id"},
			{name: "parent_span_id", kind: kindSpanID, optional: true, source: "parent_span_id, null for roots"},
			text("trace_state", "trace_state").asOptional(),
			number("flags", kindInt32, "flags"),
			text("name", "name"),
			text("kind", "kind: UNSPECIFIED, INTERNAL, SERVER, CLIENT, PRODUCER or CONSUMER, else its number"),
			text("status_code", "status.code: UNSET, OK or ERROR, else its number"),
			text("status_message", "status.message").asOptional(),
		},
		resourceColumns(),
		promotedColumns(scopeItem, kindText,
			"http.request.method", "http.route", "url.path", "url.full", "server.address", "client.address",
			"user_agent.original", "enduser.id", "rpc.system", "rpc.service", "rpc.method",
			"db.system", "db.system.name", "db.namespace", "db.operation.name", "db.collection.name", "db.query.text",
			"messaging.system", "messaging.destination.name", "messaging.operation.name", "error.type"),
		promotedColumns(scopeItem, kindInt32, "http.response.status_code", "server.port", "rpc.grpc.status_code"),
		[]column{
			text("exception_type", "exception.type of the first exception event (copied)").asOptional(),
			text("exception_message", "exception.message of the first exception event (copied)").asOptional().withoutStats(),
		},
		attributes("attributes", "the span's other attributes"),
		originColumns(),
		[]column{
			list("events", "events", join([]column{
				number("time", kindTimestamp, "time_unix_nano, whole microseconds"),
				number("time_nanos", kindInt32, "the nanoseconds beyond time").withoutStats(),
				text("name", "name"),
			}, attributes("attributes", "attributes"), []column{
				number("dropped_attributes_count", kindInt32, "dropped_attributes_count"),
			})...),
			list("links", "links", join([]column{
				{name: "trace_id", kind: kindTraceID, plain: true, source: "trace_id"},
				{name: "span_id", kind: kindSpanID, source: "span_id"},
				text("trace_state", "trace_state"),
				number("flags", kindInt32, "flags"),
			}, attributes("attributes", "attributes"), []column{
				number("dropped_attributes_count", kindInt32, "dropped_attributes_count"),
			})...),
			number("dropped_attributes_count", kindInt32, "dropped_attributes_count"),
			number("dropped_events_count", kindInt32, "dropped_events_count"),
			number("dropped_links_count", kindInt32, "dropped_links_count"),
		},
	)
}

func logColumns() []column {
	return join(
		[]column{
			number("time", kindTimestamp, "time_unix_nano, observed_time_unix_nano when 0; whole microseconds"),
			number("time_nanos", kindInt32, "the nanoseconds beyond time").withoutStats(),
			boolean("time_is_observed", "whether time_unix_nano was 0"),
			number("observed_time", kindTimestamp, "observed_time_unix_nano, whole microseconds"),
			number("observed_time_nanos", kindInt32, "the nanoseconds beyond observed_time").withoutStats(),
			number("severity_number", kindInt32, "severity_number"),
			text("severity_text", "severity_text").asOptional(),
			text("body", "body as text").withoutStats(),
			text("body_type", "type of body, a letter as in attributes_types"),
			text("event_name", "event_name").asOptional(),
			{name: "trace_id", kind: kindTraceID, optional: true, bloom: true, source: "trace_id"},
			{name: "span_id", kind: kindSpanID, optional: true, source: "span_id"},
			number("flags", kindInt32, "flags"),
		},
		resourceColumns(),
		promotedColumns(scopeItem, kindText,
			"log.iostream", "log.file.path", "exception.type", "exception.message", "exception.stacktrace",
			"http.request.method", "http.route", "url.path", "code.function.name", "thread.name", "error.type"),
		promotedColumns(scopeItem, kindInt32, "http.response.status_code"),
		attributes("attributes", "the log record's other attributes"),
		originColumns(),
		[]column{number("dropped_attributes_count", kindInt32, "dropped_attributes_count")},
	)
}
