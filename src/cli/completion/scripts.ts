/** The script of each shell: it asks `ropewalk complete` with the words typed so far, and falls back to files. */
export const COMPLETION_SCRIPTS = {
  bash: `_ropewalk() {
  local IFS=$'\\n'
  COMPREPLY=($(ropewalk complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _ropewalk ropewalk`,

  zsh: `_ropewalk() {
  local -a found
  found=(\${(f)"$(ropewalk complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)"})
  if (( $#found )); then compadd -a found; else _files; fi
}
compdef _ropewalk ropewalk`,

  fish: `function __ropewalk_complete
  set -l typed (commandline -opc) (commandline -ct)
  ropewalk complete -- $typed[2..] 2>/dev/null
end
complete -c ropewalk -a '(__ropewalk_complete)'`,
} as const

/** A shell that can complete. */
export type Shell = keyof typeof COMPLETION_SCRIPTS
