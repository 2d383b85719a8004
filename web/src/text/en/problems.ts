/** What goes wrong on forms, in words that fit the form; everything else is said by `errors`. */
export const problems = {
    wrongCredentials: "Name or password is wrong.",
    wrongPassword: "The password is wrong.",
    throttled: (seconds: number) => seconds === 1
        ? "Too many attempts. Try again in 1 second."
        : `Too many attempts. Try again in ${seconds} seconds.`,
    nameTaken: "Somebody has this name already.",
    nameInvalid: "This cannot be a name. Use 1 to 64 characters in one line.",
    nameMissing: "Enter a name.",
    passwordMissing: "Enter a password.",
    passwordShort: (minimum: number) => `The password needs at least ${minimum} characters.`,
    passwordWeak: "This password is too easy to guess. Choose another one.",
    signUpClosed: "New accounts are closed at the moment.",
    disabled: "This account is disabled. An administrator can enable it.",
    lastAdministrator: "There must be at least one administrator.",
    foreignFile: "This is not a file that Pronk exported. Only Pronk's own JSON can be imported.",
    brokenFile: (detail: string) => `This file cannot be read. ${detail}`,
    largeFile: "This file is too large. At most 16 MB can be imported at once.",
};
