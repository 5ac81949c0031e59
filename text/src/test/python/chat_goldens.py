"""Writes chat.json: what Jinja2 makes of small templates, and of those of known models for some conversations.

    apt-get install python3-jinja2 && /usr/bin/python3 text/src/test/python/chat_goldens.py

Jinja2 is set up as Hugging Face's transformers does it (utils/chat_template_utils.py). The templates of models are
those that their tokenizer_config.json holds; Qwen3's, being long, lies in resources/chat/qwen3.jinja (Apache-2.0).
"""
import json
from pathlib import Path

import jinja2
from jinja2.ext import Extension, loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment


class Generation(Extension):
    tags = {"generation"}

    def parse(self, parser):
        next(parser.stream)
        return parser.parse_statements(["name:endgeneration"], drop_needle=True)


def environment():
    def raise_exception(message):
        raise jinja2.exceptions.TemplateError(message)

    def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
        return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)

    env = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[Generation, loopcontrols])
    env.filters["tojson"] = tojson
    env.globals["raise_exception"] = raise_exception
    return env


RESOURCES = Path(__file__).resolve().parents[1] / "resources"

VALUES = {
    "messages": [{"role": "system", "content": "Be kind."}, {"role": "user", "content": " Hi <b> & \"you\" "},
                 {"role": "assistant", "content": None, "tool_calls": [{"name": "f", "arguments": {"x": [1, 2.5]}}]}],
    "n": 7, "text": "  a, b,c  ", "yes": True, "none": None, "empty": [], "map": {"b": 1, "a": "é"},
}

SNIPPETS = [
    # white space
    "a\n  {% if yes %}\n  b\n  {% endif %}\nc  {{- ' d' -}}  \n e",
    "{% if yes %}\n\n x\n{%- endif %}\n y {%+ if yes %} z {% endif +%}\n{# note #}\n  {#- note -#}  end\n",
    "  {% set x = 1 %}  {{ x }}  {% set y = 2 %}\n{{ y }}\n",
    "{%- for i in [1, 2] -%}\n  {{ i }}\n{%- endfor %}\r\nlast\n\n",
    "{{ n }}\n{{ n }}{# a #}{# b #}\n{{ n }}",
    # loops
    "{% for m in messages[1:] %}{{ m['role'] }}{{ loop.first }}{{ loop.last }}{{loop.index0}}{{ loop.revindex }};"
    "{% endfor %}",
    "{% for m in messages[::-1] %}{{ m.role }},{% endfor %}",
    "{% for m in messages if m.role != 'user' %}{{ loop.index }}/{{ loop.length }}{{ m.role }}{% endfor %}",
    "{% for m in empty %}x{% else %}none{% endfor %}{% for m in nothing %}x{% else %}none{% endfor %}",
    "{% for m in messages %}{% if m.role == 'user' %}{% continue %}{% endif %}{{ m.role }}"
    "{% if loop.index > 1 %}{% break %}{% endif %}{% endfor %}",
    "{% for k, v in map.items() %}{{ k }}={{ v }},{% endfor %}{% for k in map %}{{ k }}{% endfor %}"
    "{% for k, v in map|dictsort %}{{ k }}{{ v }}{% endfor %}",
    "{% for m in messages %}{{ loop.previtem.role if loop.previtem is defined }}>{{ loop.cycle('x', 'y') }}"
    "{% endfor %}",
    "{% for i in range(3) %}{% for j in range(i, 6, 2) %}{{ loop.index0 }}{{ j }} {% endfor %}{% endfor %}",
    # variables
    "{% set ns = namespace(found=false, k=messages|length - 1) %}{% for m in messages %}{% set ns.found = m.role %}"
    "{% set k = 5 %}{% endfor %}{{ ns.found }} {{ ns.k }} {{ k is defined }}",
    "{% set a, b = 1, 'x' %}{{ a }}{{ b }}{% if yes %}{% set a = 9 %}{% endif %}{{ a }}",
    "{% set block %}one {{ n }}{% endset %}[{{ block }}]",
    "{% macro f(x, y='d') %}{{ x }}-{{ y }}{% endmacro %}{{ f('a') }} {{ f('a', y='b') }} {{ f(y=1, x=2) }}",
    "{% macro tree(d, depth) %}{{ depth }}{% if depth < 3 %}{{ tree(d, depth + 1) }}{% endif %}{% endmacro %}"
    "{{ tree(map, 0) }}",
    "{% generation %}said{% endgeneration %}",
    # operators
    "{{ 1 + 2 * 3 - 4 }} {{ 7 // 2 }} {{ -7 // 2 }} {{ -7 % 3 }} {{ 7 / 2 }} {{ 2 ** 3 }} {{ 1.5 + 1 }} {{ -n }}",
    "{{ 'x' ~ 1 ~ true ~ none }} {{ 'a' 'b' }} {{ 'ab' * 2 }} {{ [1] + [2, 'x'] }} {{ 'a' + 'b' | upper }}",
    "{{ n > 3 and n < 9 }} {{ 3 < n < 5 }} {{ not n }} {{ n == 7.0 }} {{ yes == 1 }} {{ 'a' < 'b' }}",
    "{{ yes and 'a' }} {{ '' or 'b' }} {{ none or empty or 0 }} {{ 'a' if none }}|{{ 'a' if none else 'b' }}",
    "{{ 'b' in 'abc' }} {{ 'z' not in 'abc' }} {{ 'role' in messages[0] }} {{ 2 in [1, 2] }} {{ 'x' in empty }}",
    "{% if not (nothing is defined) and yes %}a{% elif n %}b{% endif %}{% if nothing %}c{% elif n == 7 %}d"
    "{% else %}e{% endif %}",
    "{{ messages[-1].role }} {{ messages[0]['content'][:2] }} {{ 'abcdef'[1:5:2] }} {{ 'abc'[::-1] }}{{ 'abc'[-1] }}",
    "{{ [1, 2, 3, 4][-2:] }} {{ [1, 2, 3][:-1] }} {{ [1, 2, 3][5:] }} {{ [1, 2, 3][2:0:-1] }}",
    "{{ {'a': 1, 'b': [none, true, 'q\\'s']} }} {{ (1, 2) | length }} {{ () | length }} {{ 'it\\'s\\n\\u00e9' }}",
    # tests
    "{{ nothing is defined }} {{ messages[0].foo is not defined }} {{ none is none }} {{ n is string }} "
    "{{ map is mapping }} {{ messages is iterable }} {{ text is sequence }} {{ n is number }} {{ yes is boolean }}",
    "{{ n is odd }} {{ n is divisibleby 7 }} {{ n is divisibleby(2) }} {{ 1 is eq 1 }} {{ n is in [7] }} "
    "{{ yes is true }} {{ n is not none }} {{ n is integer }} {{ 1.0 is float }} {{ raise_exception is callable }}",
    "{{ messages[2].content is none }} {{ messages[2].content is not string }} {{ 'ab' is lower }}",
    # filters
    "{{ messages[0] | tojson }} {{ messages[2].tool_calls | tojson }} {{ map | tojson(indent=2) }} {{ '</é>'|tojson }}"
    " {{ empty | tojson(indent=4) }} {{ 0.1 | tojson }}",
    "{{ messages | selectattr('role', 'equalto', 'user') | list | length }} {{ messages|map(attribute='role')|join(', ')"
    " }} {{ messages | rejectattr('role', 'in', ['user', 'system']) | map(attribute='role') | list }}",
    "{{ [3, 1, 2]|sort }} {{ [3, 1, 2]|sort(reverse=true)|join }} {{ [1, 1, 2]|unique|list }} {{ [1, 2]|sum }} "
    "{{ [1, 5, 2]|max }} {{ [4, 2]|min }} {{ ['b', 'A']|sort|join }} {{ [1, 2, 3, 4]|select('odd')|list }}",
    "{{ text|trim }}|{{ text|upper }}|{{ 'aBc dE'|capitalize }}|{{ \"it's a-b\"|title }}|{{ 'aXbX'|replace('X', '-') }}"
    "|{{ 'abc'|first }}{{ 'abc'|last }}{{ 'abc'|reverse }}{{ [1, 2]|reverse|list }}",
    "{{ nothing|default('d') }} {{ ''|default('e', true) }} {{ none|default('f') }} {{ '3'|int + 1 }} {{ 'x'|int }} "
    "{{ '1.5'|float }} {{ -3|abs }} {{ 5|string + 'x' }} {{ map|length }} {{ (map|items|list)[1][1] }}",
    "{{ 'a\nb\n\nc'|indent }} {{ 'a\nb'|indent(2, first=true) }} {{ ['a', 'b']|map('upper')|join('+') }}",
    # methods
    "{{ text.strip() }}|{{ 'xaxx'.strip('x') }}|{{ 'xa'.lstrip('x') }}|{{ 'ax\n'.rstrip('\n') }}|{{ text.split(',') }}"
    "|{{ ' a  b '.split() }}|{{ 'a,b,c'.split(',', 1)[1] }}|{{ 'a.b.c'.rsplit('.', 1)[0] }}",
    "{{ 'a</t>b'.split('</t>')[-1] }} {{ 'a,b.c'.split('.')[0] }} {{ 'abc'.startswith('ab') }} "
    "{{ 'abc'.endswith(('x', 'c')) }} {{ 'aa'.replace('a', 'b', 1) }} {{ 'abc'.find('c') }} {{ 'a-a'.count('a') }} "
    "{{ 'aB'.upper() }}{{ 'aB'.lower() }} {{ 'a b'.title() }} {{ '-'.join(['x', 'y']) }} {{ '12'.isdigit() }}",
    "{{ map.get('b') }} {{ map.get('z') }} {{ map.get('z', 'd') }} {{ map.keys()|list }} {{ map.values()|list }} "
    "{{ dict(a=1)['a'] }} {{ [1, 2, 1].count(1) }} {{ [1, 2].index(2) }} {{ 'l1\nl2'.splitlines() }}",
    "{{ nothing }}|{{ messages[0].nothing }}|{{ none }}|{{ true }}|{{ 1.0 }}|{{ [1.5, 'a\"b', none] }}",
]

ERRORS = [
    "{{ raise_exception('Roles must alternate.') }}",
    "{{ nothing.more }}",
    "{{ nothing + 'x' }}",
    "{{ 'a' + 1 }}",
    "{% if yes %}",
    "{% wrong %}",
    "{{ x ",
    "{{ n | nofilter }}",
    "{{ n is notest }}",
    "{{ nothing() }}",
    "{% set m.x = 1 %}",
]

LLAMA3 = (
    "{% set loop_messages = messages %}{% for message in loop_messages %}{% set content = '<|start_header_id|>' + "
    "message['role'] + '<|end_header_id|>\n\n'+ message['content'] | trim + '<|eot_id|>' %}{% if loop.index0 == 0 %}"
    "{% set content = bos_token + content %}{% endif %}{{ content }}{% endfor %}{% if add_generation_prompt %}"
    "{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %}")
MISTRAL = (
    "{{ bos_token }}{% for message in messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% endif %}"
    "{% if message['role'] == 'user' %}{{ '[INST] ' + message['content'] + ' [/INST]' }}"
    "{% elif message['role'] == 'assistant' %}{{ message['content'] + eos_token}}{% else %}"
    "{{ raise_exception('Only user and assistant roles are supported!') }}{% endif %}{% endfor %}")
GEMMA = (
    "{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}"
    "{% endif %}{% for message in messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% endif %}"
    "{% if (message['role'] == 'assistant') %}{% set role = 'model' %}{% else %}{% set role = message['role'] %}"
    "{% endif %}{{ '<start_of_turn>' + role + '\n' + message['content'] | trim + '<end_of_turn>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{'<start_of_turn>model\n'}}{% endif %}")
SMOLLM2 = (
    "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system\nYou are"
    " a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n' }}{% endif %}{{'<|im_start|>' + "
    "message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}"
    "{{ '<|im_start|>assistant\n' }}{% endif %}")
ZEPHYR = (
    "{% for message in messages %}\n{% if message['role'] == 'user' %}\n{{ '<|user|>\n' + message['content'] + "
    "eos_token }}\n{% elif message['role'] == 'system' %}\n{{ '<|system|>\n' + message['content'] + eos_token }}\n"
    "{% elif message['role'] == 'assistant' %}\n{{ '<|assistant|>\n'  + message['content'] + eos_token }}\n{% endif %}\n"
    "{% if loop.last and add_generation_prompt %}\n{{ '<|assistant|>' }}\n{% endif %}\n{% endfor %}")

USER, ANSWER = {"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Hi, who's there?"}
SYSTEM, AGAIN = {"role": "system", "content": "Be brief."}, {"role": "user", "content": " Me & “you” \n"}
THOUGHT = {"role": "assistant", "content": "<think>\nA greeting.\n</think>\n\nHi!"}
CALL = {"role": "assistant", "content": "", "tool_calls": [
    {"type": "function", "function": {"name": "weather", "arguments": {"city": "Malang", "days": 2}}}]}
TOOL = {"type": "function", "function": {"name": "weather", "description": "The weather", "parameters": {
    "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}}
CONVERSATIONS = [
    dict(messages=[USER], add_generation_prompt=True),
    dict(messages=[USER, ANSWER, AGAIN], add_generation_prompt=True),
    dict(messages=[USER, ANSWER], add_generation_prompt=False),
    dict(messages=[SYSTEM, USER, ANSWER, AGAIN], add_generation_prompt=True),
    dict(messages=[USER, THOUGHT, AGAIN, THOUGHT], add_generation_prompt=False),
    dict(messages=[SYSTEM, USER], add_generation_prompt=True, enable_thinking=False),
    dict(messages=[SYSTEM, USER, CALL, {"role": "tool", "content": "23 °C"}, ANSWER, AGAIN],
         add_generation_prompt=True, tools=[TOOL]),
]


def model(name, template, bos, eos):
    cases = []
    for conversation in CONVERSATIONS:
        values = dict(conversation, bos_token=bos, eos_token=eos)
        try:
            cases.append(dict(values=conversation, text=environment().from_string(template).render(**values)))
        except jinja2.exceptions.TemplateError as e:
            cases.append(dict(values=conversation, error=str(e)))
    return dict(name=name, template=template, bos=bos, eos=eos, cases=cases)


def fails(template):
    try:
        environment().from_string(template).render(**VALUES)
        return False
    except (jinja2.exceptions.TemplateError, TypeError):
        return True


def main():
    assert all(fails(template) for template in ERRORS)
    qwen3 = (RESOURCES / "chat" / "qwen3.jinja").read_text(encoding="utf-8")
    models = [model("llama3", LLAMA3, "<|begin_of_text|>", "<|eot_id|>"), model("mistral", MISTRAL, "<s>", "</s>"),
              model("gemma", GEMMA, "<bos>", "<eos>"), model("smollm2", SMOLLM2, "<|im_start|>", "<|im_end|>"),
              model("zephyr", ZEPHYR, "<s>", "</s>"), model("qwen3", qwen3, None, "<|im_end|>")]
    models[-1]["template"] = None  # it lies in a file of its own
    goldens = dict(values=VALUES, errors=ERRORS, models=models,
                   snippets=[dict(template=t, text=environment().from_string(t).render(**VALUES)) for t in SNIPPETS])
    path = RESOURCES / "chat" / "chat.json"
    path.write_text(json.dumps(goldens, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"{path.name}: {path.stat().st_size:,} bytes, {len(SNIPPETS)} snippets")


if __name__ == "__main__":
    main()
