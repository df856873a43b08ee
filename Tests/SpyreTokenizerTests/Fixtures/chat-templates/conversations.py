"""Conversations and settings that every chat template of the fixtures is rendered with."""


def say(role, content, **fields):
    return {"role": role, "content": content, **fields}


def call(name, arguments, identifier="call12345"):
    return {"id": identifier, "type": "function", "function": {"name": name, "arguments": arguments}}


WEATHER = call("get_weather", {"location": "Z\u00fcrich, \"CH\"", "days": 3, "unit": None, "at": [1, 2.5, True]})
TOOLS = [
    {"type": "function", "function": {
        "name": "get_weather", "description": "Weather <b>now</b> & 'later'",
        "parameters": {"type": "object", "required": ["location"], "properties": {
            "location": {"type": "string", "description": "City, \u6771\u4eac"}, "unit": {"type": ["string", "null"], "enum": ["c", "f"]}}}}},
    {"type": "function", "function": {
        "name": "add", "description": "Adds\ntwo numbers",
        "parameters": {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "number", "default": 1e20}}}}},
]

CONVERSATIONS = {
    "empty": [],
    "single": [say("user", "Hi")],
    "text": [say("user", "h\u00e9llo \U0001f30d e\u0301 \u200d\r\n<|im_end|>{{ 1 }}{% x %}'\"\\ &lt;")],
    "turns": [say("user", "Hi"), say("assistant", " Hello! "), say("user", "And\nnow? "), say("assistant", "ok\n"), say("user", "Bye")],
    "system": [say("system", " Be brief. \n"), say("user", "Hi"), say("assistant", "Yes."), say("user", "Why?")],
    "only-system": [say("system", "x")],
    "late-system": [say("user", "a"), say("system", "late"), say("user", "b")],
    "no-alternation": [say("user", "a"), say("user", "b")],
    "assistant-last": [say("user", "a"), say("assistant", "b")],
    "tool-call": [say("user", "Weather?"), {"role": "assistant", "tool_calls": [WEATHER]}, say("tool", "{\"t\": 21}", tool_call_id="call12345"),
                  say("assistant", "21 degrees."), say("user", "Thanks")],
    "null-content": [say("system", "s"), say("user", "Weather?"), say("assistant", None, tool_calls=[WEATHER])],
    "two-calls": [say("user", "x"), say("assistant", "", tool_calls=[call("add", {"a": 1, "b": -2}, "abcdefghi"), call("add", {}, "abcdefghj")]),
                  say("tool", "3", tool_call_id="abcdefghi", name="add"), say("tool", {"content": 4}, tool_call_id="abcdefghj")],
    "bad-id": [say("user", "x"), {"role": "assistant", "tool_calls": [call("add", "{\"a\": 1}", "x")]}],
    "parts": [say("user", [{"type": "text", "text": "one "}, {"type": "text", "text": "two"}])],
    "reasoning": [say("user", "q"), say("assistant", "<think>\nhm\n</think>\n\nanswer"), say("user", "r")],
    "unknown-role": [say("critic", "x")],
    "no-content": [{"role": "user"}],
}

SETTINGS = {
    "plain": {},
    "prompt": {"add_generation_prompt": True},
    "tools": {"tools": TOOLS, "add_generation_prompt": True},
    "documents": {"documents": [{"doc_id": 1, "title": "A", "text": "Alpha."}, {"doc_id": "2", "title": "\u00c9", "text": "Beta\n "}],
                  "controls": {"citations": True, "length": "short"}, "add_generation_prompt": True},
    "thinking": {"thinking": True, "date_string": "01 Jan 2025", "add_generation_prompt": True},
}
