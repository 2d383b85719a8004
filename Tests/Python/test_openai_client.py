"""What the `openai` package makes of our answers, field by field: streams, several choices, errors, raw prompts."""

import json
import urllib.request

import openai
import pytest

MODEL = "smollm2-135m-instruct"
HELLO = [{"role": "user", "content": "Say hello."}]


def chat(client, **options):
    return client.chat.completions.create(
        **{"model": MODEL, "messages": HELLO, "max_tokens": 8, "temperature": 0, **options})


def complete(client, prompt, **options):
    return client.completions.create(
        **{"model": MODEL, "prompt": prompt, "max_tokens": 4, "temperature": 0, **options})


def post(engine, path, body):
    """Calls a route that is not OpenAI's."""
    request = urllib.request.Request(engine.url + path, json.dumps(body).encode())
    return json.load(urllib.request.urlopen(request, timeout=30))


def test_retrieves_the_model(client):
    model = client.models.retrieve(MODEL)
    assert model.id == MODEL and model.object == "model" and model.max_model_len > 0
    with pytest.raises(openai.NotFoundError) as error:
        client.models.retrieve("organisation/unheard-of")
    assert error.value.code == "model_not_found"


def test_a_stream_has_role_first_finish_last_and_usage_after_all(client):
    chunks = list(chat(client, stream=True, n=2, seed=1, temperature=1, stream_options={"include_usage": True}))
    assert len({(chunk.id, chunk.created, chunk.model) for chunk in chunks}) == 1
    assert all(chunk.usage is None for chunk in chunks[:-1])
    assert chunks[-1].choices == [] and chunks[-1].usage.completion_tokens <= 16
    for index in range(2):
        own = [chunk.choices[0] for chunk in chunks if chunk.choices and chunk.choices[0].index == index]
        assert own[0].delta.role == "assistant" and own[0].delta.content == ""
        assert [choice.finish_reason for choice in own[:-1]] == [None] * (len(own) - 1)
        assert own[-1].finish_reason in ("stop", "length") and own[-1].delta.content is None


def test_streamed_choices_say_what_whole_ones_say(client):
    options = {"n": 2, "seed": 3, "temperature": 1}
    whole = [choice.message.content for choice in chat(client, **options).choices]
    streamed = ["", ""]
    for chunk in chat(client, stream=True, **options):
        streamed[chunk.choices[0].index] += chunk.choices[0].delta.content or ""
    assert streamed == whole


def test_completes_strings_and_tokens_alike(client, engine):
    texts = ["The capital of France is", "One, two, three,"]
    whole = complete(client, texts, echo=True)
    assert [choice.index for choice in whole.choices] == [0, 1]
    assert all(choice.text.startswith(text) for choice, text in zip(whole.choices, texts))
    tokens = [post(engine, "/tokenize", {"model": MODEL, "prompt": text})["tokens"] for text in texts]
    by_tokens = complete(client, tokens)
    assert [text + choice.text for text, choice in zip(texts, by_tokens.choices)] == [
        choice.text for choice in whole.choices]
    assert whole.usage.prompt_tokens == sum(map(len, tokens))
    assert post(engine, "/detokenize", {"tokens": tokens[0]}) == {"prompt": texts[0]}


def test_streams_a_completion(client):
    whole = complete(client, "One, two, three,").choices[0]
    chunks = list(complete(client, "One, two, three,", stream=True))
    assert "".join(chunk.choices[0].text for chunk in chunks) == whole.text
    assert chunks[-1].choices[0].finish_reason == whole.finish_reason == "length"


def test_reads_content_in_parts(client):
    parts = [{"role": "user", "content": [{"type": "text", "text": "Say hello."}]}]
    assert chat(client, messages=parts).choices[0].message.content == chat(client).choices[0].message.content


@pytest.mark.parametrize(
    "options, param, code",
    [
        ({"temperature": 3}, "temperature", "invalid_value"),
        ({"n": 0}, "n", "invalid_value"),
        ({"max_tokens": 0}, "max_tokens", "invalid_value"),
        ({"stop": ["a", "b", "c", "d", "e"]}, "stop", "invalid_value"),
        ({"messages": []}, "messages", "invalid_value"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}]},
         "messages[0].content[0].type", "invalid_value"),
        ({"logprobs": True}, "logprobs", "unsupported_parameter"),
        ({"response_format": {"type": "json_object"}}, "response_format", "unsupported_parameter"),
        ({"tools": [{"type": "function", "function": {"name": "f"}}]}, "tools", "unsupported_parameter"),
    ],
)
def test_refusals_name_the_field(client, options, param, code):
    with pytest.raises(openai.BadRequestError) as error:
        chat(client, **options)
    assert error.value.param == param and error.value.code == code and error.value.type == "invalid_request_error"
    assert error.value.request_id in error.value.message


def test_fields_without_effect_are_ignored(client):
    answer = chat(
        client, user="me", logprobs=False, presence_penalty=0, response_format={"type": "text"}, tools=[],
        extra_body={"unheard_of": {"a": [1]}})
    assert answer.choices[0].message.content == chat(client).choices[0].message.content


def test_repeats_the_request_id(client):
    answer = chat(client, extra_headers={"X-Request-Id": "my-own-id"})
    assert answer._request_id == "my-own-id" and answer.id == "chatcmpl-my-own-id"


def test_unknown_routes_are_not_found(client):
    with pytest.raises(openai.NotFoundError) as error:
        client.embeddings.create(model=MODEL, input="a")
    assert error.value.code == "unknown_url"
