import { useEffect, useState } from "react";

/** The page's clock, read again every so many milliseconds while the part is shown. */
export function useTick(milliseconds: number): number {
    const [now, setNow] = useState(() => performance.now());
    useEffect(() => {
        const timer = setInterval(() => setNow(performance.now()), milliseconds);
        return () => clearInterval(timer);
    }, [milliseconds]);
    return now;
}
