import { useEffect, useId, useState } from "react";
import { IconButton } from "../../parts/button";
import { useTexts } from "../../text/texts";

interface NumberControlProps {
    label: string;
    hint: string;
    /** `start` is where the slider stands before it is touched. */
    range: { low: number; high: number; step: number; start: number };
    hasSlider?: boolean;
    value: number | undefined;
    onChange: (value: number | undefined) => void;
}

/** A number that is Default until somebody sets it. */
export function NumberControl({ label, hint, range, hasSlider = false, value, onChange }: NumberControlProps) {
    const texts = useTexts().controls;
    const id = useId();
    const [typed, setTyped] = useState(value === undefined ? "" : String(value));
    useEffect(() => {
        const text = value === undefined ? "" : String(value);
        // What was typed stays as it was typed: "0.50" is not made "0.5" under the reader's hands.
        setTyped((before) => (before !== "" && Number(before) === value ? before : text));
    }, [value]);

    const isWhole = range.step >= 1;
    const number = Number(typed);
    const isValid = (text: string) => {
        const parsed = Number(text);
        const isKind = isWhole ? Number.isInteger(parsed) : Number.isFinite(parsed);
        return isKind && parsed >= range.low && parsed <= range.high;
    };
    const isWrong = typed !== "" && !isValid(typed);
    const type = (text: string) => {
        setTyped(text);
        if (text === "") onChange(undefined);
        else if (isValid(text)) onChange(Number(text));
    };
    return (
        <div className="control">
            <div className="control-head">
                <label htmlFor={id}>{label}</label>
                {value !== undefined && (
                    <IconButton icon="again" size={16} label={`${label}: ${texts.reset}`} onClick={() => type("")} />
                )}
                <input
                    id={id}
                    className="input control-number"
                    inputMode={isWhole ? "numeric" : "decimal"}
                    placeholder={texts.default}
                    value={typed}
                    aria-invalid={isWrong}
                    aria-describedby={`${id}-hint`}
                    onChange={(event) => type(event.target.value.trim().replace(",", "."))}
                />
            </div>
            {hasSlider && (
                <input
                    type="range"
                    className={value === undefined ? "slider untouched" : "slider"}
                    aria-label={label}
                    aria-valuetext={value === undefined ? texts.default : String(value)}
                    min={range.low}
                    max={range.high}
                    step={range.step}
                    value={isWrong || typed === "" ? value ?? range.start : number}
                    onChange={(event) => type(event.target.value)}
                />
            )}
            <p id={`${id}-hint`} className={isWrong ? "form-error" : "field-hint"}>
                {isWrong ? texts.outOfRange(range.low, range.high) : hint}
            </p>
        </div>
    );
}
