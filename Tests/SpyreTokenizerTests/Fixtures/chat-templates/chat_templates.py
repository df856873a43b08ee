"""Chat templates written for these tests. Between them they use the constructs of the published templates of the
SmolLM2, Llama 3, Granite 3, Qwen 2.5 and Mistral families, in other words and formats."""

TURNS = r"""
{%- if messages and messages[0]['role'] != 'system' %}{{ '[system]Default.[/]\n' }}{% endif %}
{% for message in messages %}
{{ '[' + message['role'] + ']' + message['content'] + '[/]' + '\n' }}
{% endfor %}
{% if add_generation_prompt %}
{{ '[assistant]' }}
{% endif %}
"""

HEADERS = r"""{{- bos_token }}
{%- if custom_tools is defined %}
    {%- set tools = custom_tools %}
{%- endif %}
{%- if not date_string is defined %}
    {%- if strftime_now is defined %}
        {%- set date_string = strftime_now("%d %b %Y") %}
    {%- else %}
        {%- set date_string = "1 Jan 2000" %}
    {%- endif %}
{%- endif %}
{%- if not tools is defined %}
    {%- set tools = none %}
{%- endif %}

{#- The system text is cut off the front. #}
{%- if messages[0]['role'] == 'system' %}
    {%- set system_message = messages[0]['content']|trim %}
    {%- set messages = messages[1:] %}
{%- else %}
    {%- set system_message = "" %}
{%- endif %}
{{- "<<system>>\n\n" }}
{%- if builtin_tools is defined or tools is not none %}
    {{- "Mode: tools\n" }}
{%- endif %}
{%- if builtin_tools is defined %}
    {{- "Builtin: " + builtin_tools | reject('equalto', 'code') | join(", ") + "\n\n" }}
{%- endif %}
{{- "Date: " + date_string + "\n\n" }}
{%- if tools is not none and not in_user %}
    {%- for t in tools %}
        {{- t | tojson(indent=4) }}
        {{- "\n\n" }}
    {%- endfor %}
{%- endif %}
{{- system_message }}
{{- "<<end>>" }}
{%- for message in messages %}
    {%- if not (message.role == 'tool' or message.role == 'ipython' or 'tool_calls' in message) %}
        {{- '<<' + message['role'] + '>>\n\n'+ message['content'] | trim + '<<end>>' }}
    {%- elif 'tool_calls' in message %}
        {%- if not message.tool_calls|length == 1 %}
            {{- raise_exception("One call at a time!") }}
        {%- endif %}
        {%- set tool_call = message.tool_calls[0].function %}
        {%- if tool_call.arguments is mapping %}
            {%- for name, value in tool_call.arguments | items %}
                {{- name + '="' ~ value ~ '"' }}
                {%- if not loop.last %}
                    {{- ", " }}
                {%- endif %}
            {%- endfor %}
        {%- else %}
            {{- tool_call.arguments }}
        {%- endif %}
        {{- '{"name": "' + tool_call.name + '", ' }}
        {{- '"parameters": ' }}
        {{- tool_call.arguments | tojson }}
        {{- "}" }}
    {%- elif message.role == "tool" or message.role == "ipython" %}
        {{- "<<ipython>>\n\n" }}
        {%- if message.content is mapping or message.content is iterable %}
            {{- message.content | tojson }}
        {%- else %}
            {{- message.content }}
        {%- endif %}
        {{- "<<end>>" }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<<assistant>>\n\n' }}
{%- endif %}
"""

ROLES = r"""{%- if messages and messages[0]['role'] == 'system' %}
     {%- set system_message = messages[0]['content'] %}
     {%- set loop_messages = messages[1:] %}
 {%- else %}
     {%- set system_message = "Date: " + strftime_now('%B %d, %Y') + ".
You help." %}
     {%- if tools and documents %}
         {%- set system_message = system_message + " Use tools and documents." %}
     {%- elif tools %}
         {%- set system_message = system_message + " Use tools." %}
     {%- elif documents %}
         {%- set system_message = system_message + " Use documents." %}
    {%- elif thinking %}
    {%- set system_message = system_message + " Think." %}
     {%- endif %}
     {%- if 'citations' in controls and documents %}
         {%- set system_message = system_message + '
Cite with <co> and </co>.' %}
     {%- endif %}
     {%- set loop_messages = messages %}
 {%- endif %}
 {{- '|system|' + system_message + '|end|
' }}
 {%- if tools %}
     {{- '|tools|' }}
     {{- tools | tojson(indent=4) }}
     {{- '|end|
' }}
 {%- endif %}
 {%- if documents %}
     {%- for document in documents %}
         {{- '|document {"id": "' + document['doc_id'] | string + '"}|
' }}
         {{- document['text'] }}
         {{- '|end|
' }}
     {%- endfor %}
 {%- endif %}
 {%- for message in loop_messages %}
     {{- '|' + message['role'] + '|' + message['content'] + '|end|
' }}
     {%- if loop.last and add_generation_prompt %}
         {{- '|assistant' }}
             {%- if controls %}
                 {{- ' ' + controls | tojson()}}
             {%- endif %}
         {{- '|' }}
     {%- endif %}
 {%- endfor %}
"""

TAGS = r"""{%- if tools %}
    {{- '@system\n' }}
    {%- if messages[0].role == 'system' %}
        {{- messages[0].content + '\n\n' }}
    {%- endif %}
    {{- "Signatures:\n<tools>" }}
    {%- for tool in tools %}
        {{- "\n" }}
        {{- tool | tojson }}
    {%- endfor %}
    {{- "\n</tools>@\n" }}
{%- elif messages[0].role == 'system' %}
    {{- '@system\n' + messages[0].content + '@\n' }}
{%- endif %}
{%- set ns = namespace(multi_step_tool=true, last_query_index=messages|length - 1) %}
{%- for message in messages[::-1] %}
    {%- set index = (messages|length - 1) - loop.index0 %}
    {%- if ns.multi_step_tool and message.role == "user" and not(message.content is string and message.content.startswith('<r>') and message.content.endswith('</r>')) %}
        {%- set ns.multi_step_tool = false %}
        {%- set ns.last_query_index = index %}
    {%- endif %}
{%- endfor %}
{%- for message in messages %}
    {%- if (message.role == "user") or (message.role == "system" and not loop.first) %}
        {{- '@' + message.role + '\n' + message.content + '@' + '\n' }}
    {%- elif message.role == "assistant" %}
        {%- set content = message.content %}
        {%- set reasoning_content = '' %}
        {%- if message.reasoning_content is defined and message.reasoning_content is not none %}
            {%- set reasoning_content = message.reasoning_content %}
        {%- elif content and '</think>' in content %}
            {%- set content = message.content.split('</think>')[-1].lstrip('\n') %}
            {%- set reasoning_content = message.content.split('</think>')[0].rstrip('\n').split('<think>')[-1].lstrip('\n') %}
        {%- endif %}
        {%- if loop.index0 > ns.last_query_index and (loop.last or reasoning_content) %}
            {{- '@' + message.role + '\n<think>\n' + reasoning_content.strip('\n') + '\n</think>\n\n' + (content or '').lstrip('\n') }}
        {%- else %}
            {{- '@' + message.role + '\n' ~ (content if content else '') }}
        {%- endif %}
        {%- for tool_call in message.tool_calls %}
            {%- if (loop.first and content) or (not loop.first) %}
                {{- '\n' }}
            {%- endif %}
            {%- if tool_call.function %}
                {%- set tool_call = tool_call.function %}
            {%- endif %}
            {{- '<call>\n{"name": "' }}
            {{- tool_call.name }}
            {{- '", "arguments": ' }}
            {%- if tool_call.arguments is string %}
                {{- tool_call.arguments }}
            {%- else %}
                {{- tool_call.arguments | tojson }}
            {%- endif %}
            {{- '}\n</call>' }}
        {%- endfor %}
        {{- '@\n' }}
    {%- elif message.role == "tool" %}
        {%- if loop.first or (messages[loop.index0 - 1].role != "tool") %}
            {{- '@user' }}
        {%- endif %}
        {{- '\n<r>\n' }}
        {{- message.content }}
        {{- '\n</r>' }}
        {%- if loop.last or (messages[loop.index0 + 1].role != "tool") %}
            {{- '@\n' }}
        {%- endif %}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '@assistant\n' }}
    {%- if thinking is defined and thinking is true %}{{- '<think>' }}{%- endif %}
{%- endif %}
"""

BRACKETS = r"""{%- if messages[0]["role"] == "system" %}
    {%- set system_message = messages[0]["content"] %}
    {%- set loop_messages = messages[1:] %}
{%- else %}
    {%- set loop_messages = messages %}
{%- endif %}
{%- if not tools is defined %}
    {%- set tools = none %}
{%- endif %}
{%- set user_messages = loop_messages | selectattr("role", "equalto", "user") | list %}

{#- Alternation is checked without the tool messages. #}
{%- set ns = namespace() %}
{%- set ns.index = 0 %}
{%- for message in loop_messages %}
    {%- if not (message.role == "tool" or message.role == "tool_results" or (message.tool_calls is defined and message.tool_calls is not none)) %}
        {%- if (message["role"] == "user") != (ns.index % 2 == 0) %}
            {{- raise_exception("Roles must alternate: " ~ message.role) }}
        {%- endif %}
        {%- set ns.index = ns.index + 1 %}
    {%- endif %}
{%- endfor %}

{{- bos_token }}
{%- for message in loop_messages %}
    {%- if message["role"] == "user" %}
        {%- if tools is not none and (message == user_messages[-1]) %}
            {{- "[TOOLS][" }}
            {%- for tool in tools %}
                {%- set tool = tool.function %}
                {{- '{"type": "function", "function": {' }}
                {%- for key, val in tool.items() if key != "return" %}
                    {%- if val is string %}
                        {{- '"' + key + '": "' + val + '"' }}
                    {%- else %}
                        {{- '"' + key + '": ' + val|tojson }}
                    {%- endif %}
                    {%- if not loop.last %}
                        {{- ", " }}
                    {%- endif %}
                {%- endfor %}
                {{- "}}" }}
                {%- if not loop.last %}{{- ", " }}{%- else %}{{- "]" }}{%- endif %}
            {%- endfor %}
            {{- "[/TOOLS]" }}
        {%- endif %}
        {%- if loop.last and system_message is defined %}
            {{- "[U]" + system_message + "\n\n" + message["content"] + "[/U]" }}
        {%- elif message['content'] is string %}
            {{- "[U]" + message["content"] + "[/U]" }}
        {%- else %}
            {{- '[U]' }}
            {%- for block in message['content'] %}
                {%- if block['type'] == 'text' %}{{- block['text'] }}
                {%- elif block['type'] in ['image', 'image_url'] %}{{- '[IMG]' }}
                {%- else %}{{- raise_exception('Only text and images!') }}{%- endif %}
            {%- endfor %}
            {{- '[/U]' }}
        {%- endif %}
    {%- elif message.tool_calls is defined and message.tool_calls is not none %}
        {{- "[CALLS][" }}
        {%- for tool_call in message.tool_calls %}
            {%- set out = tool_call.function|tojson %}
            {{- out[:-1] }}
            {%- if not tool_call.id is defined or tool_call.id|length != 9 %}
                {{- raise_exception("Call ids need 9 characters!") }}
            {%- endif %}
            {{- ', "id": "' + tool_call.id + '"}' }}
            {%- if not loop.last %}
                {{- ", " }}
            {%- else %}
                {{- "]" + eos_token }}
            {%- endif %}
        {%- endfor %}
    {%- elif message["role"] == "assistant" %}
        {%- generation %}
        {{- message["content"] + eos_token}}
        {%- endgeneration %}
    {%- elif message["role"] == "tool_results" or message["role"] == "tool" %}
        {%- if message.content is defined and message.content.content is defined %}
            {%- set content = message.content.content %}
        {%- else %}
            {%- set content = message.content %}
        {%- endif %}
        {{- '[RESULT]{"content": ' + content|string + ", " }}
        {{- '"id": "' + message.tool_call_id + '"}[/RESULT]' }}
    {%- else %}
        {{- raise_exception("Only user, assistant and tool roles!") }}
    {%- endif %}
{%- endfor %}
"""

MACROS = r"""{%- macro describe(spec, depth=0) -%}
    {%- if spec.type is string %}{{ spec.type }}
    {%- elif spec.type is iterable %}{{ spec.type | join(' | ') }}
    {%- else %}any{% endif %}
    {%- if spec.enum %} in {{ spec.enum | map('tojson') | join(', ') }}{% endif %}
    {%- if spec.default is defined %} = {{ spec.default|tojson }}{% endif %}
    {%- for name, child in (spec.properties or {}) | dictsort %}
        {{- '\n' + '  ' * (depth + 1) }}- {{ name }}{{ '*' if name in spec.required|default([]) else '' }}: {{ describe(child, depth=depth + 1) }}
    {%- endfor %}
{%- endmacro -%}
{%- for tool in tools or [] %}
{% set f = tool.function %}
## {{ loop.index }}/{{ loop.length }} {{ f.name|upper }}
{{ f.description | indent(2, true) }}
{{ describe(f.parameters) }}
{% else %}
(no tools)
{% endfor %}
{% for message in messages if message.role != 'system' %}
{%- set prefix -%}
    {{ loop.index }}.{{ message.role|title }}{{ ' (last)' if loop.last }}
{%- endset %}
{{ prefix }}: {{ message.content | default('-', true) | string | replace('\n', ' ') | trim }}
{% if loop.nextitem is defined and loop.nextitem.role == message.role %}
{% continue %}
{% endif %}
---
{% endfor -%}
{{ '>' if add_generation_prompt }}
"""

TEMPLATES = {
    "turns": TURNS, "headers": HEADERS, "roles": ROLES, "tags": TAGS, "brackets": BRACKETS, "macros": MACROS,
}
