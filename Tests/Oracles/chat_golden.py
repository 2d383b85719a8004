"""Conversations and the chat templates that turn them into tokens, by Hugging Face's `transformers`."""

# Written anew in the Jinja language after what the models' cards say; the GGUF's own template is used as it is.
LLAMA3_TEMPLATE = (
    "{% set loop_messages = messages %}{% for message in loop_messages %}"
    "{% set content = '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n'+ message['content'] | trim"
    " + '<|eot_id|>' %}{% if loop.index0 == 0 %}{% set content = bos_token + content %}{% endif %}{{ content }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %}"
)
LLAMA31_TEMPLATE = (
    r"""{{- bos_token }}
{%- if not date_string is defined %}
    {%- set date_string = "26 Jul 2024" %}
{%- endif %}

{#- The first message, if it is the system's. #}
{%- if messages[0]['role'] == 'system' %}
    {%- set system_message = messages[0]['content']|trim %}
    {%- set messages = messages[1:] %}
{%- else %}
    {%- set system_message = "" %}
{%- endif %}
{{- "<|start_header_id|>system<|end_header_id|>\n\n" }}
{%- if tools is defined and tools %}
    {{- "Environment: ipython\n" }}
{%- endif %}
{{- "Cutting Knowledge Date: December 2023\n" }}
{{- "Today Date: " + date_string + "\n\n" }}
{{- system_message }}
{{- "<|eot_id|>" }}
{%- for message in messages %}
    {%- if not (message.role == 'ipython' or message.role == 'tool' or 'tool_calls' in message) %}
        {{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n'+ message['content'] | trim"""
    r""" + '<|eot_id|>' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|start_header_id|>assistant<|end_header_id|>\n\n' }}
{%- endif %}
"""
)
QWEN25_TEMPLATE = (
    r"""{%- if tools %}
    {{- '<|im_start|>system\n' }}
    {%- if messages[0]['role'] == 'system' %}
        {{- messages[0]['content'] }}
    {%- else %}
        {{- 'You are Qwen, created by Alibaba Cloud. You are a helpful assistant.' }}
    {%- endif %}
    {{- "<|im_end|>\n" }}
{%- else %}
    {%- if messages[0]['role'] == 'system' %}
        {{- '<|im_start|>system\n' + messages[0]['content'] + '<|im_end|>\n' }}
    {%- else %}
        {{- '<|im_start|>system\nYou are Qwen, created by Alibaba Cloud. You are a helpful assistant.<|im_end|>\n' }}
    {%- endif %}
{%- endif %}
{%- for message in messages %}
    {%- if (message.role == "user") or (message.role == "system" and not loop.first)"""
    r""" or (message.role == "assistant" and not message.tool_calls) %}
        {{- '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>' + '\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\n' }}
{%- endif %}
"""
)
# Llama 3.2 writes today's date, unless it is told one.
LLAMA32_TEMPLATE = LLAMA31_TEMPLATE.replace(
    """    {%- set date_string = "26 Jul 2024" %}
""",
    """    {%- if strftime_now is defined %}
        {%- set date_string = strftime_now("%d %b %Y") %}
    {%- else %}
        {%- set date_string = "26 Jul 2024" %}
    {%- endif %}
""")
DEEPSEEK_TEMPLATE = (
    "{% if not add_generation_prompt is defined %}{% set add_generation_prompt = false %}{% endif %}"
    "{% set ns = namespace(is_tool=false, system_prompt='') %}{%- for message in messages %}"
    "{%- if message['role'] == 'system' %}{% set ns.system_prompt = message['content'] %}{%- endif %}{%- endfor %}"
    "{{bos_token}}{{ns.system_prompt}}{%- for message in messages %}{%- if message['role'] == 'user' %}"
    "{%- set ns.is_tool = false -%}{{'<｜User｜>' + message['content']}}{%- endif %}"
    "{%- if message['role'] == 'assistant' and message['content'] is not none %}{%- if ns.is_tool %}"
    "{{'<｜tool▁outputs▁end｜>' + message['content'] + '<｜end▁of▁sentence｜>'}}{%- set ns.is_tool = false -%}"
    "{%- else %}{% set content = message['content'] %}{% if '</think>' in content %}"
    "{% set content = content.split('</think>')[-1] %}{% endif %}"
    "{{'<｜Assistant｜>' + content + '<｜end▁of▁sentence｜>'}}{%- endif %}{%- endif %}{%- endfor -%}"
    "{% if add_generation_prompt and not ns.is_tool %}{{'<｜Assistant｜><think>\\n'}}{% endif %}"
)
CHATML_TEMPLATE = (
    "{% for message in messages %}\n"
    "{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}"
    "{% endfor %}\n{% if add_generation_prompt %}\n{{ '<|im_start|>assistant\n' }}{% endif %}"
)


def conversations(rng, texts):
    """Conversations of random `texts`, with and without system messages, some in places where templates expect none."""
    result = []
    for number in range(60):
        messages = []
        if number % 3 != 0:
            messages.append({"role": "system", "content": rng.choice(texts)})
        for turn in range(rng.randrange(1, 6)):
            before = rng.choice(["", "\n", "  ", "\x1c"]) * rng.randrange(2)
            content = before + rng.choice(texts) + rng.choice(["", " \n"])
            messages.append({"role": "user" if turn % 2 == 0 else "assistant", "content": content})
        if number % 10 == 9:
            messages.insert(rng.randrange(1, len(messages) + 1), {"role": "system", "content": rng.choice(texts)})
        result.append({"messages": messages, "prompt": number % 5 != 4})
    return result


def thoughtful(dialogs):
    """The `dialogs`, their answers with thoughts before them, some unfinished."""
    return [
        {**dialog, "messages": [
            {**message, "content": thought + message["content"]} if message["role"] == "assistant" else message
            for message, thought in zip(dialog["messages"], ["", "<think>\na</think>b", "</think>", "<think>\n"] * 9)]}
        for dialog in dialogs
    ]


def chats(tokenizer, vocabulary, template, dialogs):
    """The `dialogs`, each with the tokens that `transformers` makes of it by the template.

    Those that end with an answer also as if it were to go on. What transformers refuses (an answer of which the
    template leaves nothing that it could find again) is left out."""
    from transformers import PreTrainedTokenizerFast

    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token=vocabulary["tokens"][vocabulary["bos"]],
        eos_token=vocabulary["tokens"][vocabulary["eos"]], chat_template=template, clean_up_tokenization_spaces=False)
    return rendered(fast, dialogs)


def rendered(fast, dialogs):
    """The `dialogs` by the template of a tokenizer of transformers, without what it refuses to continue."""

    def continued(messages):
        if messages[-1]["role"] != "assistant" or not messages[-1]["content"].strip():
            return None
        try:
            return fast.apply_chat_template(
                messages, tokenize=True, continue_final_message=True, return_dict=False, date_string="26 Jul 2024")
        except ValueError:
            return None

    return [
        {**dialog, "continued": continued(dialog["messages"]), "tokens": fast.apply_chat_template(
            dialog["messages"], tokenize=True, add_generation_prompt=dialog["prompt"], return_dict=False,
            date_string="26 Jul 2024")}
        for dialog in dialogs
    ]
