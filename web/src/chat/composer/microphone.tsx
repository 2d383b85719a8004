import { useEffect, useRef, useState } from "react";
import { transcribe } from "../../api/chats";
import { ApiError } from "../../api/client";
import { useLanguage } from "../../app/preferences";
import { useSession } from "../../app/session";
import { IconButton } from "../../parts/button";
import { toast } from "../../parts/toasts";
import { useTexts, wordsFor } from "../../text/texts";
import type { Recognition, Recording, SpeechProblem } from "./speech";
import { recognitionOfBrowser, record, speechProblem } from "./speech";

type Phase = "idle" | "listening" | "transcribing";

/** Turns speech into text for the composer, where it is read and corrected before anything is sent. */
export function Microphone({ onText }: { onText: (text: string) => void }) {
    const texts = useTexts().chat;
    const { voice } = useSession();
    const language = useLanguage();
    const [phase, setPhase] = useState<Phase>("idle");
    const recording = useRef<Recording>();
    const recognition = useRef<Recognition>();

    useEffect(() => () => {
        recording.current?.cancel();
        recognition.current?.abort();
    }, []);

    const words: Record<SpeechProblem, string> = {
        insecure: texts.microphoneInsecure,
        missing: texts.microphoneMissing,
        refused: texts.microphoneRefused,
        failed: texts.microphoneFailed,
    };
    const fail = (problem: SpeechProblem) => {
        setPhase("idle");
        toast(words[problem]);
    };

    const start = async () => {
        const problem = speechProblem(voice);
        if (problem !== undefined) return fail(problem);
        if (voice) {
            try {
                recording.current = await record();
                setPhase("listening");
            } catch {
                fail("refused");
            }
            return;
        }
        const Constructor = recognitionOfBrowser();
        if (Constructor === undefined) return fail("missing");
        const started = new Constructor();
        recognition.current = started;
        started.lang = language === "zh" ? "zh-CN" : navigator.language.startsWith("en") ? navigator.language : "en-US";
        started.continuous = true;
        started.onresult = ({ results }) => {
            const last = results[results.length - 1];
            if (last?.[0] !== undefined) onText(last[0].transcript);
        };
        started.onerror = ({ error }) => fail(error === "not-allowed" ? "refused" : "failed");
        started.onend = () => setPhase("idle");
        started.start();
        setPhase("listening");
    };

    const stop = async () => {
        recognition.current?.stop();
        recognition.current = undefined;
        const recorded = recording.current;
        recording.current = undefined;
        if (recorded === undefined) return setPhase("idle");
        setPhase("transcribing");
        try {
            const text = await transcribe(await recorded.finish(), language);
            if (text.trim() === "") return fail("failed");
            onText(text.trim());
        } catch (error) {
            if (!(error instanceof ApiError)) throw error;
            toast(wordsFor(error));
        }
        setPhase("idle");
    };

    return (
        <span className="microphone">
            {phase === "listening" && <Waveform level={() => recording.current?.level()} label={texts.listening} />}
            {phase === "transcribing" && <span className="microphone-note" role="status">{texts.transcribing}</span>}
            <IconButton
                icon={phase === "listening" ? "stop" : "microphone"}
                className={phase === "listening" ? "listening" : ""}
                label={phase === "listening" ? texts.stopMicrophone : texts.microphone}
                disabled={phase === "transcribing"}
                onClick={() => void (phase === "listening" ? stop() : start())}
            />
        </span>
    );
}

const bars = 24;

/** The last second of the voice's loudness. Without a recording of our own it only says that somebody listens. */
function Waveform({ level, label }: { level: () => number | undefined; label: string }) {
    const [levels, setLevels] = useState<number[]>([]);
    const [isKnown, setKnown] = useState(true);
    useEffect(() => {
        const timer = setInterval(() => {
            const now = level();
            setKnown(now !== undefined);
            if (now !== undefined) setLevels((before) => [...before.slice(1 - bars), now]);
        }, 60);
        return () => clearInterval(timer);
    }, []);
    return (
        <span className="waveform" role="status">
            <span className={isKnown ? "visually-hidden" : "microphone-note"}>{label}</span>
            {isKnown && levels.map((value, index) => <i key={index} style={{ height: `${12 + value * 88}%` }} />)}
        </span>
    );
}
