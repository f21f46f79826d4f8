/** The system's Python, which has aiohttp where the package python3-aiohttp is installed. */
export const PYTHON = '/usr/bin/python3';
