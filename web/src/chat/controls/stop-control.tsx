import { useId, useState } from "react";
import { useTexts } from "../../text/texts";

const mostStops = 4;

interface StopControlProps {
    value: string[] | undefined;
    onChange: (value: string[] | undefined) => void;
}

export function StopControl({ value, onChange }: StopControlProps) {
    const texts = useTexts().controls;
    const id = useId();
    const [typed, setTyped] = useState((value ?? []).join("\n"));
    const isReset = value === undefined && typed.trim() !== "";
    const type = (text: string) => {
        setTyped(text);
        const stops = text.split("\n").filter((line) => line !== "").slice(0, mostStops);
        onChange(stops.length > 0 ? stops : undefined);
    };
    return (
        <div className="field control">
            <label htmlFor={id}>{texts.stop}</label>
            <textarea
                id={id}
                className="input"
                rows={2}
                placeholder={texts.default}
                value={isReset ? "" : typed}
                aria-describedby={`${id}-hint`}
                onChange={(event) => type(event.target.value)}
            />
            <p id={`${id}-hint`} className="field-hint">{texts.stopHint}</p>
        </div>
    );
}
