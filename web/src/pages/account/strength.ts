/** How hard a password is to guess, roughly: a hint while typing, never a gate. The server alone decides. */
export type Strength = "short" | "weak" | "fair" | "strong";

const sequences = ["abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "01234567890"];
const common = [
    "password", "passw0rd", "letmein", "welcome", "admin", "llama", "pronk", "iloveyou", "monkey", "dragon",
];

/** Characters that an attacker would try at each place. */
function alphabet(password: string): number {
    let size = 0;
    if (/[a-z]/.test(password)) size += 26;
    if (/[A-Z]/.test(password)) size += 26;
    if (/[0-9]/.test(password)) size += 10;
    if (/[\x21-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e ]/.test(password)) size += 33;
    if (/[^\x00-\x7f]/.test(password)) size += 2000;
    return size;
}

/** Length after runs ("aaaa", "abcd", "4321"), well-known words and the person's own name have shrunk to one place. */
function effectiveLength(password: string, name: string): number {
    let text = password.toLowerCase();
    for (const word of [...common, name.toLowerCase()]) if (word.length > 2) text = text.split(word).join("\u0000");
    const letters = [...text];
    let length = 0;
    letters.forEach((letter, index) => {
        const pair = (letters[index - 1] ?? "") + letter;
        const reversed = [...pair].reverse().join("");
        const follows = index > 0 && sequences.some((run) => run.includes(pair) || run.includes(reversed));
        if (index === 0 || !(follows || letter === letters[index - 1])) length += 1;
        else length += 0.25;
    });
    return length;
}

export function strength(password: string, name: string, minimum: number): Strength {
    if ([...password].length < minimum) return "short";
    const bits = effectiveLength(password, name) * Math.log2(Math.max(alphabet(password), 2));
    if (bits < 40) return "weak";
    return bits < 64 ? "fair" : "strong";
}
