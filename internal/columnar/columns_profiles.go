package columnar

// measuredAttributes defines a map of attributes that may have units, as those of profiles: beside the map and
// its types are the units.
func measuredAttributes(name, source string) []column {
	return join(attributes(name, source), []column{{
		name: name + "_units", kind: kindMap,
		source: "key and unit of all attributes in order, promoted ones included; empty if none has a unit",
	}})
}

// profileColumns is one table of samples. What the samples of a profile share stands in each of its rows.
func profileColumns() []column {
	return join(
		[]column{
			number("time", kindTimestamp, "the profile's time_unix_nano, whole microseconds"),
			number("time_nanos", kindInt32, "the nanoseconds beyond time").withoutStats(),
			number("duration_ns", kindInt64, "the profile's duration_nano"),
			{name: "profile_id", kind: kindTraceID, optional: true, bloom: true, source: "profile_id"},
			text("sample_type", "type of the profile's sample_type, such as cpu"),
			text("sample_unit", "unit of the profile's sample_type, such as nanoseconds").asOptional(),
			number("value", kindInt64, "sum of sample_values; the number of timestamps if there are none"),
			text("function_name", "function_name of the stack's first frame (copied)").asOptional(),
			number("stack_hash", kindInt64, "hash of the stack's functions and lines, null without a stack").asOptional().withoutStats(),
			{name: "trace_id", kind: kindTraceID, optional: true, bloom: true, source: "trace_id of the sample's link"},
			{name: "span_id", kind: kindSpanID, optional: true, source: "span_id of the sample's link"},
		},
		resourceColumns(),
		promotedColumns(scopeItem, kindText, "thread.name"),
		promotedColumns(scopeItem, kindInt32, "thread.id", "cpu.logical_number"),
		measuredAttributes("attributes", "the sample's other attributes"),
		[]column{
			list("sample_values", "the sample's values", element(kindInt64)...),
			list("timestamps", "the sample's timestamps_unix_nano",
				number("time", kindTimestamp, "whole microseconds"),
				number("time_nanos", kindInt32, "the nanoseconds beyond time").withoutStats()),
			list("stack", "the sample's stack, leaf first, a frame per line of each location", frameColumns()...),
			number("dropped_frames_count", kindInt32, "frames that are left out of a stack that is too long, at its root"),
			text("period_type", "type of the profile's period_type").asOptional(),
			text("period_unit", "unit of the profile's period_type").asOptional(),
			number("period", kindInt64, "the profile's period"),
		},
		measuredAttributes("profile_attributes", "the profile's attributes"),
		[]column{
			text("original_payload_format", "the profile's original_payload_format").asOptional(),
			text("original_payload", "the profile's original_payload, base64").asOptional().withoutStats(),
			number("dropped_attributes_count", kindInt32, "the profile's dropped_attributes_count"),
		},
		originColumns(),
	)
}

// frameColumns are the fields of a frame: one line of a location, or a location without lines.
func frameColumns() []column {
	return join(
		[]column{
			text("function_name", "name of the line's function").asOptional(),
			text("system_name", "system_name of the line's function").asOptional(),
			text("file_name", "filename of the line's function").asOptional(),
			number("start_line", kindInt64, "start_line of the line's function"),
			number("line", kindInt64, "line, null if the location has none").asOptional(),
			number("column_number", kindInt64, "column of the line"),
			boolean("inlined", "whether the function is inlined into that of the next frame, which has the same location"),
			number("address", kindInt64, "address of the location"),
		},
		measuredAttributes("attributes", "attributes of the location"),
		[]column{
			text("mapping_file_name", "filename of the location's mapping").asOptional(),
			number("mapping_start", kindInt64, "memory_start of the mapping"),
			number("mapping_limit", kindInt64, "memory_limit of the mapping"),
			number("mapping_offset", kindInt64, "file_offset of the mapping"),
		},
		measuredAttributes("mapping_attributes", "attributes of the mapping"),
	)
}
