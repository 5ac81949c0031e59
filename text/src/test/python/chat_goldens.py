"""Writes chat.json: what Jinja2 makes of small templates, and of those of known models for some conversations.

    apt-get install python3-jinja2 && /usr/bin/python3 text/src/test/python/chat_goldens.py

Jinja2 is set up as Hugging Face's transformers does it (utils/chat_template_utils.py). The templates of models are
those that their tokenizer_config.json holds; Qwen3's, being long, lies in resources/chat/qwen3.jinja (Apache-2.0).
"""
import json
from datetime import datetime
from pathlib import Path

import jinja2
from jinja2.ext import Extension, loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment


class Generation(Extension):
    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("_write"), [], [], body).set_lineno(line)

    def _write(self, caller):
        return caller()


def environment():
    def raise_exception(message):
        raise jinja2.exceptions.TemplateError(message)

    def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
        return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)

    env = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[Generation, loopcontrols])
    env.filters["tojson"] = tojson
    env.globals["raise_exception"] = raise_exception
    env.globals["strftime_now"] = lambda format: datetime.now().strftime(format)
    return env


RESOURCES = Path(__file__).resolve().parents[1] / "resources"

VALUES = {
    "messages": [{"role": "system", "content": "Be kind."}, {"role": "user", "content": " Hi <b> & \"you\" "},
                 {"role": "assistant", "content": None, "tool_calls": [{"name": "f", "arguments": {"x": [1, 2.5]}}]}],
    "n": 7, "text": "  a, b,c  ", "yes": True, "none": None, "empty": [], "map": {"b": 1, "a": "é"},
    "people": [{"name": "Cy", "age": 30, "at": {"city": "Rome"}}, {"name": "al", "age": 4, "at": {"city": "oslo"}},
               {"name": "Bo", "age": 30, "at": {"city": "Oslo"}}],
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

# Each of Jinja2's filters, tests, functions, and of Python's operators and methods that a template may want.
SNIPPETS += [
    # tojson as Hugging Face's tools have it
    "{{ map|tojson(separators=(',', ':')) }} {{ map|tojson(sort_keys=true) }} {{ map|tojson(ensure_ascii=true) }}",
    "{{ map|tojson(true) }} {{ [1, {'a': []}]|tojson(indent='\\t') }} {{ [1, {}]|tojson(indent=0) }}",
    "{{ [1]|tojson(indent=-5) }} {{ {'b': [1, 2], 'a': {}}|tojson(indent=1, separators=('; ', '='), sort_keys=true) }}",
    "{{ {1: 1, true: 2, none: 3, 1.5: 4}|tojson }} {{ (1, 2)|tojson }} {{ ['😀\\u0001\\u007f\\\\/']|tojson(true) }}",
    "{{ '😀\\u0001\\u007f\\b\\f\\r'|tojson }} {{ [1e400, -1e400, 1e16, 1e-7, 2**70, true, none]|tojson }}",
    "{{ people|map(attribute='at')|list|tojson }} {{ map.items()|list|tojson }}",
    # numbers
    "{{ 1e3 }} {{ 1.5e-7 }} {{ 2E+20 }} {{ 1_000_000 }} {{ 0x1F }} {{ 0b101 }} {{ 0o17 }} {{ 00 }} {{ 1_0.0_1 }}",
    "{{ 10**400 }}",
    "{{ 2**63 }} {{ 9223372036854775807 + 1 }} {{ -9223372036854775808 - 1 }} {{ 9223372036854775807 * 3 }}",
    "{{ 99999999999999999999 }} {{ 2**100 // 7 }} {{ -(2**100) % 7 }} {{ 2**100 / 2**99 }} {{ 10**30 / 10**7 }}",
    "{{ 2**64 > 2.0**63 }} {{ 2**53 + 1 == 2.0**53 }} {{ 2**64 == 2.0**64 }} {{ -(-9223372036854775808) }} {{ 2**-2 }}",
    "{{ 7.5 // 2 }} {{ -7.5 // 2 }} {{ -7.5 % 2 }} {{ 7 % -3 }} {{ -0.0 }} {{ 1 / 3 }} {{ 0.1 + 0.2 }} {{ 5 // 0.3 }}",
    "{{ 1e22 }} {{ 1e15 }} {{ 123456789012345680.0 }} {{ 0.0001 }} {{ 0.00001 }} {{ 1e308 * 10 }} {{ 2 ** 0.5 }}",
    "{{ 2**3**2 }} {{ -2**2 }} {{ (-2)**3 }} {{ 0**0 }} {{ (-1)**100000000001 }} {{ true + true }} {{ -true }} {{ +n }}",
    "{{ 3 * 'ab' }} {{ 'ab' * -1 }} {{ [1, 2] * 2 }} {{ (1,) * 3 }} {{ [] * 1000000000000 }}",
    "{{ 2.5|round }} {{ 3.5|round }} {{ 42.555|round(2) }} {{ 42.55|round(1, 'floor') }} {{ 42.51|round(1, 'ceil') }} "
    "{{ 1234|round(-2) }} {{ 7|round }} {{ 7|round(2) }} {{ 2.5|round|int }} {{ -0.4|round }} {{ 1e300|round(2) }}",
    "{{ '42'|int }} {{ '42.9'|int }} {{ '1_000'|int }} {{ ' 7 '|int }} {{ '0x1A'|int(base=16) }} {{ 'z'|int(base=36) }} "
    "{{ 'x'|int(-1) }} {{ none|int }} {{ [1]|int(5) }} {{ 3.99|int }} {{ true|int }} {{ '1e3'|int }} {{ '1d'|int(9) }}",
    "{{ 'inf'|int }} {{ 'NaN'|int }} {{ 'inf'|float }} {{ 'nan'|float }} {{ '1e5'|float }} {{ '.5'|float }} {{ '1f'|float }}"
    " {{ none|float(2) }} {{ 'x'|float }} {{ 7|float }} {{ '-Infinity'|float }} {{ '99999999999999999999'|int }}",
    "{{ -5|abs }} {{ (-5)|abs }} {{ (-5.5)|abs }} {{ (-(2**80))|abs }} {{ [1, 2.5, true]|sum }} {{ [[1], [2]]|sum(start=[]) }}",
    "{{ people|sum(attribute='age') }} {{ people|sum(attribute='age', start=100) }} {{ people|sum('age') }}",
    # texts
    "{{ '%s is %d' % ('a', 3) }} {{ '%5.2f|%-6s|%06d' % (3.14159, 'ab', -42) }} {{ '%x %X %o %#x' % (255, 255, 8, 255) }}",
    "{{ '%(a)s-%(b)05.1f' % {'a': [1], 'b': 2.25} }} {{ '%r' % 'q' }} {{ '%%' % () }} {{ '%c%c' % (65, 'b') }} {{ '%s' % n }}",
    "{{ '%e %g %g %G %E' % (12345.678, 0.00001234, 1234567, 1e20, 0) }} {{ '%+d % d' % (5, 5) }} {{ '%*d' % (5, 3) }}",
    "{{ '%.3s|%10.2s|' % ('abcdef', 'xyz') }} {{ '%d' % 3.99 }} {{ '%i' % true }} {{ '%.0f %.0f' % (0.5, 1.5) }}",
    "{{ '%s and %s'|format('x', 1) }} {{ '%(k)s'|format(k='v') }} {{ 'plain'|format() }} {{ '%d%%'|format(50) }}",
    "{{ '{} {}'.format('a', 1) }} {{ '{1}{0}'.format('a', 'b') }} {{ '{x:>5}|{x:<5}|{x:^5}|{x:*^5}'.format(x='ab') }}",
    "{{ '{:05d} {:,} {:+.2f} {:x} {:#b} {:%}'.format(42, 1234567, 2.5, 255, 5, 0.25) }} {{ '{{}}{!r}'.format('q') }}",
    "{{ '{:.3} {:.3} {:g} {:e}'.format(123.0, 12.0, 1e10, 1.5) }} {{ '{:_}'.format(1234567) }} {{ '{:>4}{:<4}|'.format(1, 2) }}",
    "{{ 'abc'.center(9) }}|{{ 'abcd'.center(9, '*') }}|{{ 'ab'.ljust(4) }}|{{ 'ab'.rjust(4, '.') }}|{{ '-4'.zfill(5) }}|"
    "{{ 'ab'|center(7) }}|{{ 'abc'|center(6) }}|",
    "{{ 'a.b.c'.partition('.') }} {{ 'a.b.c'.rpartition('.') }} {{ 'abc'.partition('x') }} {{ 'abc'.rpartition('x') }}",
    "{{ 'abcabc'.find('b', 2) }} {{ 'abcabc'.find('c', 0, 2) }} {{ 'abcabc'.rfind('b') }} {{ 'abc'.index('c') }} "
    "{{ 'abcabc'.rindex('a') }} {{ 'abc'.find('') }} {{ 'abc'.find('', 9) }} {{ 'aXbX'.count('X', 2) }} {{ 'abc'.count('') }}",
    "{{ 'abc'.startswith('b', 1) }} {{ 'abc'.startswith(('x', 'a')) }} {{ 'abc'.endswith('b', 0, 2) }} {{ 'abc'.startswith('') }}",
    "{{ 'aBc'.swapcase() }} {{ 'ab'.isalpha() }} {{ 'a1'.isalnum() }} {{ ' '.isspace() }} {{ ''.isspace() }} {{ 'Ab Cd'.istitle() "
    "}} {{ 'AB'.isupper() }} {{ 'ab1'.islower() }} {{ '1'.islower() }} {{ '²'.isdigit() }} {{ '²'.isdecimal() }} {{ 'é'.isascii() }}",
    "{{ ' a  b c '.split(none, 1) }} {{ ' a  b c '.rsplit(none, 1) }} {{ 'a,b,c'.rsplit(',') }} {{ 'abc'.split('bc') }} "
    "{{ ''.split() }} {{ ''.split(',') }} {{ 'a--b'.split('-') }} {{ 'aaa'.split('aa') }} {{ 'a,b'.split(sep=',', maxsplit=0) }}",
    "{{ 'a\\r\\nb\\x0bc\\n\\nd\\u2028e'.splitlines() }} {{ 'a\\nb\\n'.splitlines(true) }} {{ ''.splitlines() }}",
    "{{ 'abc'.replace('', '-') }} {{ 'abc'.replace('', '-', 2) }} {{ 'aaa'.replace('a', 'bb', 2) }} {{ 'abc'|replace('', 'x') }} "
    "{{ 'aaa'|replace('a', 'b', 2) }} {{ 'a1a'|replace(1, 2) }} {{ 'aaa'.replace('aa', 'b') }}",
    "{{ 'prefix'.removeprefix('pre') }} {{ 'prefix'.removesuffix('fix') }} {{ 'ß'|upper }} {{ 'ß'|capitalize }} {{ 'ßa'.title() }}"
    " {{ 'ΑΣ'.lower() }} {{ 'İ'|lower|length }} {{ 'i'|upper }}",
    "{{ 'hELLO wORLD'.title() }} {{ \"they're bill's\".title() }} {{ 'a-b c_d (e'|title }} {{ '1a 2b'.title() }} {{ 'x1y'.title() }}",
    "{{ '😀é'|length }} {{ '😀é'[0] }} {{ '😀é'[1:] }} {{ '😀é'[::-1] }} {{ 'a😀b'.find('b') }} {{ '😀'.center(3, '.') }} "
    "{{ '😀é'|list }} {{ '😀é'|last }} {{ '\\U0001F600' == '😀' }} {{ '\\x41\\101\\u0042\\a'|length }} {{ '\\z' }}",
    "{{ 'foo bar baz qux'|truncate(9) }}|{{ 'foo bar baz qux'|truncate(9, true) }}|{{ 'foo bar baz qux'|truncate(11) }}|"
    "{{ 'foo bar baz qux'|truncate(11, false, '..', 0) }}|{{ 'foo'|truncate(length=3, end='') }}",
    "{{ 'a b, c_d é'|wordcount }} {{ '<a href=\"x\">&\\'</a>'|escape }} {{ '<'|e }} {{ '<'|safe }} {{ '<'|e|e }} {{ '<'|e|forceescape }}"
    " {{ '<b>'|safe ~ '<' }} {{ '<'|e|length }} {{ '<b>'|safe is string }} {{ '<b>'|safe|upper }} {{ '<' is escaped }}",
    "{{ 'xxaxx'|trim('x') }} {{ '\\u00a0 a\\u3000'|trim }} {{ '\\x85a'.strip() }} {{ 'abcba'.strip('ab') }} {{ ' a '|trim(none) }}",
    "{{ 'a\\n\\nb\\n'|indent(2, true, true) }}|{{ 'a\\nb'|indent('> ', true) }}|{{ 'a\\r\\nb'|indent(1) }}|{{ ''|indent(3, true) }}|"
    "{{ 'a\\nb'|indent(width=-1) }}",
    "{{ 'a\\tb'.expandtabs(4) }} {{ ''.join([]) }} {{ '-'.join('abc') }} {{ 'ab'.join({'x': 1, 'y': 2}) }} {{ 'x' 'y'|upper }}",
    "{{ [1, 'a', none, true, 1.0]|string }} {{ ['it\\'s', \"a\\\"b'\"] }} {{ ['\\n\\t\\\\\\x00é\\u200b'] }} {{ [()] }} {{ [(1,)] }}",
    "{{ (1, 2) }} {{ (1,) }} {{ () }} {{ range(3) }} {{ range(1, 9, 3) }} {{ map.items() }} {{ map.keys() }} {{ map.values() }}",
    # lists
    "{{ range(9)|batch(4)|list }} {{ range(5)|batch(3, 'x')|list }} {{ range(7)|slice(3)|list }} {{ range(7)|slice(3, 'x')|list }}",
    "{% for a, b in people|groupby('age') %}{{ a }}:{{ b|map(attribute='name')|join(',') }};{% endfor %}"
    "{% for g in people|groupby('at.city') %}{{ g.grouper }}={{ g.list|length }}{{ g[0] }} {% endfor %}",
    "{{ people|groupby('at.city', case_sensitive=true)|map('first')|list }} {{ people|groupby('zip', default='?')|map('first')|list }} "
    "{{ people|groupby('age')|length }} {{ (people|groupby('age'))[0][0] }}",
    "{{ people|sort(attribute='name')|map(attribute='name')|list }} {{ people|sort(attribute='name', case_sensitive=true)|"
    "map(attribute='name')|list }} {{ people|sort(attribute='age,name', reverse=true)|map(attribute='name')|list }} "
    "{{ people|sort(attribute='at.city')|map(attribute='name')|list }}",
    "{{ people|map(attribute='at.city')|join('/') }} {{ people|join(', ', attribute='name') }} {{ people|map(attribute='zip', "
    "default='none')|list }} {{ people|map('length')|list }} {{ ['a ', 'b']|map('trim')|map('upper')|list }} "
    "{{ ['aXa']|map('replace', 'X', '-')|list }} {{ [[1, 2]]|map(attribute=1)|list }} {{ [[1, 2]]|map(attribute='0')|list }}",
    "{{ people|min(attribute='age') }} {{ people|max(attribute='name') }} {{ ['b', 'A']|min }} {{ ['b', 'A']|min(true) }} "
    "{{ []|max }}| {{ ['a', 'A', 'b']|unique|list }} {{ ['a', 'A']|unique(true)|list }} {{ people|unique(attribute='age')|list|length }}"
    " {{ [1, 1.0, true, 0, false, '1']|unique|list }}",
    "{{ map|dictsort }} {{ {'b': 1, 'A': 2}|dictsort }} {{ {'b': 1, 'A': 2}|dictsort(true) }} {{ {'b': 1, 'a': 2}|dictsort(by='value', "
    "reverse=true) }} {{ {'b': 1, 'a': 2}|dictsort(false, 'value') }}",
    "{{ people|selectattr('age', '>', 5)|list|length }} {{ people|selectattr('zip', 'undefined')|list|length }} "
    "{{ people|selectattr('at.city', 'in', ['Rome'])|map(attribute='name')|list }} {{ people|rejectattr('age', 'eq', 30)|list|length }}"
    " {{ people|selectattr('zip')|list }} {{ [0, 1, '', 'a']|select|list }} {{ [0, 1]|reject|list }} {{ range(6)|select('divisibleby', 3)|list }}",
    "{{ [1, 2, 3]|first }} {{ []|first }}| {{ [1, 2]|last }} {{ ''|last }}| {{ 'abc'|reverse }} {{ range(3)|reverse|list }} "
    "{{ map|list }} {{ map|first }} {{ range(5)|last }} {{ range(5)[1:3] }} {{ range(10)[-1] }} {{ map|items|list }} {{ nothing|items|list }}",
    "{{ [3, 1]|sort|first }} {{ [[2, 1], [1, 2]]|sort }} {{ [2, 1.5, true]|sort }} {{ 'hello'|sort|join }} {{ {'b': 1, 'a': 2}|sort }}",
    "{% set g = [1, 2, 3]|map('string') %}{{ g|first }}{{ g|list }}{{ g|list }}{{ 'true' if g }} {{ 'yes' if []|select }}",
    "{% for x in [1, 2]|select %}{{ loop.last }}{{ loop.length }}{% endfor %} {{ [1, 2]|select is iterable }} {{ [1]|select is sequence }}",
    "{{ [1, 2, 3][1:][0] }} {{ [1, 2, 3][::2] }} {{ [1, 2, 3][1::2147483648] }} {{ 'abc'[::-2147483648] }} {{ (1, 2, 3)[1:] }} "
    "{{ 'abc'[-99:99] }} {{ 'abc'[5:] }}| {{ [1, 2][true] }} {{ [1, 2][5] }}| {{ [1, 2][-3] }}| {{ [1, 2]['x'] }}| {{ none.x }}| {{ (1).x }}|",
    "{{ [1, [2]] == [1, [2]] }} {{ [1] == (1,) }} {{ {'a': 1} == {'a': 1.0} }} {{ (1, 'a') < (1, 'b') }} {{ [2] > [1, 5] }} "
    "{{ 1 == true }} {{ '1' == 1 }} {{ none == false }} {{ nothing == nothing2 }} {{ 'a' != 'b' }} {{ 1 < 2 < 3 > 0 }}",
    "{{ {1: 'a', true: 'b', 1.0: 'c'} }} {{ {1: 'a'}[true] }} {{ {(1, 2): 'x'}[(1, 2)] }} {{ {none: 1}[none] }} {{ {'a': none}.a }} "
    "{{ {'a': none}['a'] is none }} {{ {'a': none}.get('a', 5) }} {{ {'items': 1}.items is callable }} {{ {'items': 1}['items'] }}",
    "{{ {'pop': 1}.pop }}|{{ {'update': 1}['update'] }}|{{ {'count': 5}.count }}|{{ [].append }}|{{ {'a': 1}.copy() }}|{{ [1].copy() }}|"
    "{{ (1, 2, 1).count(1) }} {{ [1, 2, 1].index(1, 1) }} {{ 2 in (1, 2) }} {{ 'a' in map }} {{ 1 in map.values() }} {{ 3 in range(5) }}",
    "{{ map.__class__ }}|{{ ''.__class__ }}|{{ map|attr('b') }}|{{ ''|attr('upper') is callable }}|{{ 'abc'|attr('upper')() }}",
    # tests
    "{{ 3 is odd }} {{ 4 is even }} {{ -3 is odd }} {{ 4.0 is even }} {{ 1 is true }} {{ false is false }} {{ 1 is boolean }} "
    "{{ 1 is integer }} {{ true is integer }} {{ true is number }} {{ (2**70) is integer }} {{ 1.0 is integer }} {{ '1' is number }}",
    "{{ 'AB' is upper }} {{ '1' is upper }} {{ 'aB' is lower }} {{ 'a1' is lower }} {{ nothing is callable }} {{ range is callable }} "
    "{{ () is sequence }} {{ 'a' is iterable }} {{ 1 is iterable }} {{ map is sequence }} {{ nothing is iterable }} {{ range(2) is sequence }}",
    "{{ 1 is sameas 1 }} {{ 1 is sameas true }} {{ none is sameas none }} {{ true is sameas true }} {{ 1 is sameas 1.0 }} "
    "{{ 'upper' is filter }} {{ 'nofilter' is filter }} {{ 'odd' is test }} {{ 'x' is test }}",
    "{{ 1 is ne 2 }} {{ 1 is lt 2 }} {{ 1 is le 1 }} {{ 2 is gt 1 }} {{ 2 is ge 3 }} {{ 2 is greaterthan 1 }} {{ 1 is lessthan(2) }} "
    "{{ 1 is equalto 1 }} {{ [1, 2]|select('==', 2)|list }} {{ [1, 2]|select('!=', 2)|list }} {{ [1, 2, 3]|reject('<=', 2)|list }}",
    "{{ 'a' is in 'abc' }} {{ 1 is not in [1] }} {{ n is divisibleby 7 and yes }} {{ not n is odd }} {{ n is defined and n > 3 }}",
    # functions
    "{% set c = cycler('a', 'b') %}{{ c.next() }}{{ c.next() }}{{ c.next() }}{{ c.current }}{{ c.reset() }}{{ c.current }}",
    "{% set j = joiner('; ') %}{% for i in range(3) %}{{ j() }}{{ i }}{% endfor %} {% set k = joiner() %}{{ k() }}{{ k() }}|",
    "{{ dict(a=1, b=2) }} {{ dict({'x': 1}, y=2) }} {{ dict([('p', 1), ['q', 2]]) }} {{ dict(**{'z': 1}) }} {{ range(*[1, 4])|list }}",
    "{% set ns = namespace({'a': 1}, b=2) %}{{ ns.a }}{{ ns.b }}{{ ns.c }}{{ ns['a'] }} {{ ns }}{% set ns.c = [1] %}{{ ns.c[0] }}",
    "{{ range(5, 0, -2)|list }} {{ range(0)|list }} {{ range(3, 1)|list }} {{ range(100000)|length }} {{ range(3)|tojson if false }}",
    "{{ strftime_now('%%x') }}",
    # macros, calls and blocks
    "{% macro f(a, b=2, c=a) %}{{ a }}{{ b }}{{ c }}{% endmacro %}{{ f(1) }} {{ f(*[4, 5]) }} {{ f(**{'a': 6, 'c': 7}) }} "
    "{{ f(1, *[2], c=3) }} {{ f.name }} {{ f.arguments }} {{ f.catch_varargs }}",
    "{% macro v(a) %}{{ a }}{{ varargs }}{{ kwargs }}{% endmacro %}{{ v(1) }} {{ v(1, 2, 3, k='x') }} {{ v(k=1) }}",
    "{% macro list(items) %}{% for i in items %}<{{ caller(i) }}>{% endfor %}{% endmacro %}"
    "{% call(x) list([1, 2]) %}{{ x }}/{{ n }}{% endcall %} {% macro m() %}{{ caller() if caller else 'no' }}{% endmacro %}"
    "{{ m() }}{% call m() %}yes{% endcall %}",
    "{% macro f(x) %}[{{ x }}]{% endmacro %}{{ [f('a'), f('b')]|join('+') }} {{ f(f('c')) }}",
    "{% set x = 1 %}{% macro g() %}{{ x }}{% endmacro %}{% set x = 2 %}{{ g() }} {% macro h() %}{% set x = 9 %}{% endmacro %}{{ h() }}{{ x }}",
    "{% filter upper %}a{{ n }}b{% endfilter %} {% filter replace('a', 'b')|upper %}banana{% endfilter %} {% filter trim|indent(2, true) "
    "%}\n x\n y\n{% endfilter %}",
    "{% set t | upper | replace('B', '-') %}abc{% endset %}{{ t }} {% set x = 1 %}{% set y %}{% set x = 2 %}{{ x }}{% endset %}{{ x }}{{ y }}",
    "{% with a = 1, b = n %}{{ a }}{{ b }}{% set c = 3 %}{% endwith %}{{ a is defined }}{{ c is defined }}{% with %}x{% endwith %}",
    "{% generation %}{% set q = 1 %}{{ n }}{% endgeneration %}{{ q is defined }}",
    "a{% raw %}{{ x }} {% if %} {# c #}{% endraw %}b\n  {% raw %}\n  {{ y }}\n  {% endraw %}\n c {%- raw -%} d {%- endraw -%} e",
    "{% raw %}\n{% endraw %}\n  {% set x = 1 %}\nz{%+ raw %} {{ {%- endraw +%}\nq",
    "{% for k, (a, b) in [(1, (2, 3)), (4, [5, 6])] %}{{ k }}{{ a }}{{ b }} {% endfor %}"
    "{% for x in 1, 2, 3 %}{{ x }}{% endfor %}{% for (a, b) in {'x': 1}.items() %}{{ a }}{{ b }}{% endfor %}",
    "{% for t in [{'v': 1, 'c': [{'v': 2, 'c': []}, {'v': 3, 'c': [{'v': 4, 'c': []}]}]}] recursive %}{{ loop.depth }}{{ t.v }}"
    "({{ loop(t.c) }}){% endfor %}",
    "{% for x in [1, 1, 2] %}{{ loop.changed(x) }}{{ loop.revindex0 }}{{ loop.nextitem }}{{ loop.depth0 }};{% endfor %}",
    "{% for x in range(6) if x is odd %}{{ loop.index }}{{ x }}{% if x == 3 %}{% break %}{% endif %}{% else %}none{% endfor %}"
    "{% for x in [] if x %}{% else %}none{% endfor %}{% for c in 'ab' %}{{ c }}.{% endfor %}{% for k in map.keys() %}{{ k }}{% endfor %}",
    "{% if n > 9 %}a{% elif n > 8 %}b{% elif n > 6 %}c{% elif n > 5 %}d{% else %}e{% endif %}{% if 0, 0 %}t{% endif %}",
    "{% set (a, b), c = (1, 2), 3 %}{{ a }}{{ b }}{{ c }}{% set a, b = b, a %}"
    "{{ a }}{{ b }}{% set x = 1, %}{{ x }}",
    "{{ 'a' if n else 'b' if yes else 'c' }} {{ ('x' if false) is defined }} {{ [1, 2,] }} {{ {'a': 1,} }} {{ 'a' ~ 'b' * 2 ~ 1 + '1' }}"
    " {{ 1 ~ 2 }} {{ n|string|length + 1 }} {{ -n|abs }} {{ not n == 7 }} {{ 1 if not nothing }} {{ 'a.b'.split('.')[0].upper()|lower }}",
    "{{ messages[0].content.split(' ')[-1] }} {{ messages.0.role }} {{ [[1, 2]][0][1] }} {{ {'a': {'b': 1}}['a'].b }} {{ (n) }} {{ ((n)) }}",
    "{{ 'a' -}}  \n {{- 'b' }}{%- if yes -%}  c  {%- endif -%}\n  d\u00a0{%- set x = 1 -%}\u3000e",
    "{{ nothing|default }}|{{ nothing|d('x') }}|{{ ''|d('y', boolean=true) }}|{{ nothing|default(default_value='z') }}|{{ 0|d(5, true) }}"
    "|{{ nothing|upper }}|{{ nothing|join }}|{{ nothing|length }}|{{ nothing|list }}|{{ nothing ~ 'x' }}|{{ nothing|string }}|{{ [nothing]|first }}|",
    "{{ messages|tojson(indent=2) }}",
    "{{ '<'|safe + '<' }} {{ '<' + ('a'|safe) }} {{ ('<'|e) + ('<'|safe) }} {{ true|abs }} {{ (1 is odd)|abs }} {{ true|round }}",
    "{{ map[[1]] }}|{{ map[{}] is defined }}|{{ map[([1],)] }}|{{ [1][[0]] }}|{{ map[(1,)] }}|",
    "{{ '0x1A'|int(base=0) }} {{ '12'|int(base=0) }} {{ '0b11'|int(base=16) }} {{ 'ΑΣ'.title() }} {{ 'ΑΒΣ -ΑΣ'|title }} {{ 'ΑΣ'|capitalize }}",
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
    # arguments that nothing takes
    "{{ map|tojson(seperators=(',', ':')) }}", "{{ map|tojson(separators=',') }}", "{{ 'a'|upper(1) }}", "{{ 'a'|trim(x=1) }}",
    "{{ 'a'.strip('a', 'b') }}", "{{ 'a'.split(seperator=',') }}", "{{ 'a'|replace('a') }}", "{{ [1]|sort(key='x') }}",
    "{{ [1]|map|list }}", "{{ [1]|map(attr='x')|list }}", "{{ 1 is odd(2) }}", "{{ 1 is divisibleby }}", "{{ range() }}",
    "{{ range(1, 2, 3, 4) }}", "{{ raise_exception() }}", "{{ 'a'|replace('a', 'b', old='c') }}", "{{ joiner(1, 2) }}",
    "{% macro f(a) %}{% endmacro %}{{ f(1, 2) }}", "{% macro f(a) %}{% endmacro %}{{ f(b=1) }}", "{{ dict(1) }}",
    "{% macro f(a) %}{{ a }}{% endmacro %}{{ f(1, a=2) }}", "{% macro f() %}{% endmacro %}{% call f() %}{% endcall %}",
    "{% for i in [1] %}{{ loop.cycle() }}{% endfor %}", "{{ map.get() }}", "{{ f(a=1, a=2) }}", "{{ people|groupby }}",
    # values that something cannot be done with
    "{{ 'abc'.split('') }}", "{{ 'abc'.partition('') }}", "{{ 'abc'.index('x') }}", "{{ [1].index(2) }}", "{{ 1 / 0 }}", "{{ 1 // 0 }}",
    "{{ 1.0 % 0 }}", "{{ 0 ** -1 }}", "{{ 10.0**400 }}", "{{ -none }}", "{{ none + 1 }}", "{{ [1] + (2,) }}", "{{ 'a' - 'b' }}",
    "{{ 'a' * 1.5 }}", "{{ 1 < 'a' }}", "{{ none < 1 }}", "{{ [1, 'a', none]|sort }}", "{{ [none, 1]|min }}", "{{ 1 in 'a' }}",
    "{{ 1 in 2 }}", "{{ {[1]: 2} }}", "{{ [[1]]|unique|list }}", "{{ 3|items|list }}", "{{ 'abc'|dictsort|list }}", "{{ 1|length }}",
    "{{ 1|list }}", "{{ none|join }}", "{{ ['a', 'b']|sum }}", "{{ 'a'|abs }}", "{{ 'a'|round }}", "{{ 1.5|round(1, 'up') }}",
    "{{ nothing|tojson }}", "{{ range|tojson }}", "{{ range(3)|tojson }}", "{{ map.items()|tojson }}", "{{ [1]|select|tojson }}",
    "{{ namespace(a=1)|tojson }}", "{{ {(1, 2): 1}|tojson }}", "{{ {1: 1, 'a': 2}|tojson(sort_keys=true) }}", "{{ [1]|select|length }}",
    "{{ [1]|select|last }}", "{{ '-'.join([1]) }}", "{{ 'a'.center(5, 'xy') }}", "{{ '%d' % 'a' }}", "{{ '%s %s' % ('a',) }}",
    "{{ '%s' % ('a', 'b') }}", "{{ '%q' % 1 }}", "{{ '%(a)s' % 1 }}", "{{ '%' % 1 }}", "{{ '%s'|format(1, a=2) }}", "{{ '{}'.format() }}",
    "{{ '{x}'.format(1) }}", "{{ '{'.format() }}", "{{ '{:d}'.format('a') }}", "{{ '{:q}'.format(1) }}", "{{ 'abc'|truncate(1) }}",
    "{{ 'a'()}}", "{{ none() }}", "{{ messages.append(1) }}", "{{ map.pop('a') }}", "{{ map.update({}) }}", "{{ map.clear() }}",
    "{{ range(1, 5, 0) }}", "{{ range('x') }}", "{{ range(1.5) }}", "{{ range(100001) }}", "{{ range(10**9)|length }}", "{{ cycler() }}",
    "{{ [1][::0] }}", "{{ map.get([1]) }}", "{{ nothing < 1 }}", "{{ nothing.a.b }}", "{{ nothing['a'] }}", "{{ nothing|int }}",
    "{{ nothing * 2 }}", "{{ -nothing }}", "{{ '\\uZZZZ' }}", "{{ 1e400|int }}", "{{ 10**5000 }}", "{{ 99**99**99 }}",
    "{% for a, b in [1] %}{% endfor %}", "{% for a, b in [[1]] %}{% endfor %}", "{% set a, b = 1, 2, 3 %}", "{% for x in 5 %}{% endfor %}",
    "{% for x in none %}{% endfor %}", "{{ ''.__class__.__mro__ }}", "{{ messages.__init__() }}", "{{ {}.fromkeys }}{{ 1.x.y }}",
    # what is no template
    "{% for x in [1] %}", "{% endfor %}", "{% if %}{% endif %}", "{% else %}", "{% for in x %}{% endfor %}", "{% set x %}", "{% set 1 = 2 %}",
    "{% macro %}{% endmacro %}", "{% macro f(1) %}{% endmacro %}", "{% call x %}{% endcall %}", "{% filter %}{% endfilter %}",
    "{% endraw %}", "{# note", "{{ 'a", "{{ 'a\\", "{{ a. }}", "{{ a..b }}", "{{ f(a }}", "{{ [1, 2 }}", "{{ {'a' 1} }}",
    "{{ a b }}", "{{ x is }}", "{{ x | }}", "{{ 1 + }}", "{{ ! }}", "{{ a $ b }}", "{{ 007 }}", "{{ 1__0 }}", "{{ 0x }}", "{{ \u0661 }}",
    "{{ 'a' if }}", "{{ a[ }}", "{{ a[1:2:3:4] }}", "{{ not }}", "{{ (1, 2 }}", "{{ }}", "{% %}", "{{ f(**) }}", "{{ \"\\N{x}\" }}",
    "{% include '/etc/passwd' %}", "{% import 'x' as y %}", "{% from 'x' import y %}", "{% extends 'x' %}", "{% do x %}",
    "{% macro f(n) %}{{ f(n + 1) }}{% endmacro %}{{ f(0) }}",
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
    except Exception:  # of Jinja2 or of Python
        return True


def main():
    accepted = [template[:200] for template in ERRORS if not fails(template)]
    assert not accepted, accepted
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
