"""The `openai` package, as it is, against an engine on a real model."""

import concurrent.futures
import time

import openai
import pytest

LLAMA = [{"role": "user", "content": "What is a llama? Answer in one sentence."}]


def ask(client, **options):
    return client.chat.completions.create(
        **{"model": "smollm2-135m-instruct", "messages": LLAMA, "max_tokens": 24, "temperature": 0, **options})


def test_lists_the_model(client):
    assert [model.id for model in client.models.list()] == ["smollm2-135m-instruct"]


def test_answers_a_chat(client):
    answer = ask(client)
    assert "llama" in answer.choices[0].message.content.lower()
    assert answer.choices[0].finish_reason in ("stop", "length")
    assert answer.usage.completion_tokens <= 24
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens


def test_streams_the_same_answer(client):
    chunks = list(ask(client, stream=True, stream_options={"include_usage": True}))
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    answer = ask(client)
    assert text == answer.choices[0].message.content
    assert chunks[-1].usage == answer.usage


def test_completes_a_text(client):
    answer = client.completions.create(
        model="smollm2-135m-instruct", prompt="One, two, three,", max_tokens=6, temperature=0)
    assert "four" in answer.choices[0].text


def test_a_seed_repeats_an_answer_and_another_seed_does_not(client):
    answers = [ask(client, temperature=1, seed=seed).choices[0].message.content for seed in (7, 7, 8)]
    assert answers[0] == answers[1] != answers[2]


def test_several_choices_differ(client):
    answer = ask(client, n=3, temperature=1, seed=7)
    assert [choice.index for choice in answer.choices] == [0, 1, 2]
    assert len({choice.message.content for choice in answer.choices}) > 1


def test_a_stop_string_ends_the_answer_and_is_not_in_it(client):
    whole = ask(client).choices[0].message.content
    stop = whole.split()[3]
    answer = ask(client, stop=[stop])
    assert answer.choices[0].finish_reason == "stop"
    assert answer.choices[0].message.content == whole[: whole.index(stop)]


def test_many_clients_get_what_one_gets(client):
    questions = [[{"role": "user", "content": f"Say something about the number {number}."}] for number in range(8)]
    alone = [ask(client, messages=question).choices[0].message.content for question in questions]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda question: ask(client, messages=question), questions))
    assert [answer.choices[0].message.content for answer in together] == alone


def test_a_mistake_is_named(client):
    with pytest.raises(openai.BadRequestError) as error:
        ask(client, temperature=-1)
    assert error.value.param == "temperature"


def test_a_prompt_longer_than_the_context_is_refused_and_the_next_request_served(client):
    with pytest.raises(openai.BadRequestError) as error:
        ask(client, messages=[{"role": "user", "content": "llama " * 20_000}])
    assert error.value.code == "context_length_exceeded"
    assert ask(client).choices[0].message.content


def test_an_unknown_model_is_not_found(client):
    with pytest.raises(openai.NotFoundError):
        ask(client, model="gpt-unheard-of")


def test_a_client_that_leaves_frees_the_engine(client, engine):
    stream = ask(client, stream=True, max_tokens=2000, extra_body={"ignore_eos": True})
    next(iter(stream))
    stream.close()
    deadline = time.monotonic() + 10
    while engine.metric("vllm:num_requests_running") > 0:
        assert time.monotonic() < deadline, "the engine still generates"
