// Put before the bundle for browsers by build.mjs; the slash is what tells the package from Node's module.
export { Buffer } from 'buffer/'
